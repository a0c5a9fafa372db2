// SPDX-License-Identifier: GPL-2.0-only
/*
 * A detector of mixtures: functions that read a constant, sleep, and read it
 * again. pread(/dev/xk_mixture, 8 bytes, position) makes one pass and returns
 * both readings. The position is KIND << 32 | microseconds to sleep.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <asm/asm.h>
#include <asm/unwind_hints.h>

#define ORIGINAL 10

enum {
	PASS_A,		/* sleeps between the readings of the first constant */
	PASS_B,		/* the same of the second */
	GATE_A,		/* waits, unkillably, until somebody writes to the device */
	DEEP_A,		/* sleeps, or waits for 0 us at the gate, forty frames deeper */
	SPIN_A,		/* does not sleep but runs on: is preempted inside */
	PASS_C,		/* as the first two, of six constants more */
	PASS_D,
	PASS_E,
	PASS_F,
	PASS_G,
	PASS_H,
	BLIND,		/* waits at the gate outside all spans, its stack unreadable */
};

static atomic_t passes, mixtures, timer_mixtures, timer_passes, thread_passes;
static u32 timer_value;
static DECLARE_COMPLETION(gate);

static int get_atomic(char *buffer, const struct kernel_param *param)
{
	return sprintf(buffer, "%d\n", atomic_read((atomic_t *)param->arg));
}

static const struct kernel_param_ops atomic_ops = { .get = get_atomic };

module_param_cb(passes, &atomic_ops, &passes, 0400);
module_param_cb(mixtures, &atomic_ops, &mixtures, 0400);
module_param_cb(timer_passes, &atomic_ops, &timer_passes, 0400);
module_param_cb(timer_mixtures, &atomic_ops, &timer_mixtures, 0400);
module_param_cb(thread_passes, &atomic_ops, &thread_passes, 0400);
module_param(timer_value, uint, 0400);

/* The probe's place is after the mov, on an instruction as long as a jump. */
static const u8 mov_and_nop[] = { 0xb8, ORIGINAL, 0, 0, 0, 0x0f, 0x1f, 0x44, 0x00, 0x00 };

/*
 * The place has no symbol: kprobe events take what follows a symbol for a
 * function of its own, and refuse one that ftrace does not know.
 */
#define READER(name)							\
static noinline u32 read_##name(void)					\
{									\
	u32 value;							\
									\
	asm volatile("movl %1, %%eax\n"					\
		     ".byte 0x0f, 0x1f, 0x44, 0x00, 0x00\n"		\
		     : "=a" (value) : "i" (ORIGINAL));			\
	return value;							\
}									\
static unsigned long site_##name;					\
module_param(site_##name, ulong, 0400)

READER(a);
READER(b);
READER(c);
READER(d);
READER(e);
READER(f);
READER(g);
READER(h);

static unsigned long site_of(u32 (*reader)(void))
{
	const u8 *at = (const u8 *)reader;
	unsigned int i;

	for (i = 0; i < 32; i++)
		if (!memcmp(at + i, mov_and_nop, sizeof(mov_and_nop)))
			return (unsigned long)at + i + 5;
	return 0;
}

static noinline void sleep_deep(unsigned int depth, unsigned int us)
{
	if (depth)
		sleep_deep(depth - 1, us);
	else if (us)
		usleep_range(us, us + 100);
	else
		wait_for_completion(&gate);
	barrier();
}

#define SPAN(name, reader, between)					\
noinline void xk_span_##name(u32 values[2], unsigned int us);		\
noinline void xk_span_##name(u32 values[2], unsigned int us)		\
{									\
	values[0] = read_##reader();					\
	between;							\
	values[1] = read_##reader();					\
}

SPAN(pass_a, a, usleep_range(us, us + 100))
SPAN(pass_b, b, usleep_range(us, us + 100))
SPAN(pass_c, c, usleep_range(us, us + 100))
SPAN(pass_d, d, usleep_range(us, us + 100))
SPAN(pass_e, e, usleep_range(us, us + 100))
SPAN(pass_f, f, usleep_range(us, us + 100))
SPAN(pass_g, g, usleep_range(us, us + 100))
SPAN(pass_h, h, usleep_range(us, us + 100))
SPAN(gate_a, a, wait_for_completion(&gate))
SPAN(deep_a, a, sleep_deep(40, us))
SPAN(spin_a, a, for (; us; us--) { udelay(1); cond_resched(); })
SPAN(timer_a, a, udelay(us))

noinline void xk_blind_wait(void);
noinline void xk_blind_wait(void)
{
	wait_for_completion(&gate);
	/* No tail call: this function is to be on the stack. */
	barrier();
}

/* From here on nobody can tell what lies beyond on the stack. */
static noinline void wait_blind(u32 values[2], unsigned int us)
{
	asm volatile(UNWIND_HINT_SAVE
		     "nop\n\t"
		     UNWIND_HINT_UNDEFINED
		     "call xk_blind_wait\n\t"
		     UNWIND_HINT_RESTORE
		     : ASM_CALL_CONSTRAINT : : "memory", "cc", "ax", "cx", "dx", "si", "di", "r8",
		     "r9", "r10", "r11");
	values[0] = values[1] = ORIGINAL;
}

static void (*const spans[])(u32 *, unsigned int) = {
	[PASS_A] = xk_span_pass_a,
	[PASS_B] = xk_span_pass_b,
	[GATE_A] = xk_span_gate_a,
	[DEEP_A] = xk_span_deep_a,
	[SPIN_A] = xk_span_spin_a,
	[PASS_C] = xk_span_pass_c,
	[PASS_D] = xk_span_pass_d,
	[PASS_E] = xk_span_pass_e,
	[PASS_F] = xk_span_pass_f,
	[PASS_G] = xk_span_pass_g,
	[PASS_H] = xk_span_pass_h,
	[BLIND] = wait_blind,
};

static ssize_t mixture_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	unsigned int us = (u32)*at;
	u32 values[2];

	if (size != sizeof(values))
		return -EINVAL;
	if (*at < 0 || *at >> 32 >= ARRAY_SIZE(spans))
		return -EINVAL;
	spans[*at >> 32](values, us);
	atomic_inc(&passes);
	if (values[0] != values[1])
		atomic_inc(&mixtures);
	return copy_to_user(to, values, sizeof(values)) ? -EFAULT : sizeof(values);
}

static ssize_t mixture_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	complete_all(&gate);
	return size;
}

static int mixture_open(struct inode *inode, struct file *file)
{
	reinit_completion(&gate);
	return 0;
}

static const struct file_operations mixture_fops = {
	.owner = THIS_MODULE,
	.open = mixture_open,
	.read = mixture_read,
	.write = mixture_write,
};

static struct miscdevice mixture_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "xk_mixture",
	.fops = &mixture_fops,
	.mode = 0600,
};

/* A kernel thread that never comes near user mode. */
static struct task_struct *thread;

static int thread_run(void *unused)
{
	u32 values[2];

	while (!kthread_should_stop()) {
		xk_span_pass_a(values, 1500);
		atomic_inc(&thread_passes);
		if (values[0] != values[1])
			atomic_inc(&mixtures);
		usleep_range(1500, 2000);
	}
	return 0;
}

/* A softirq, which belongs to no task. */
static struct timer_list timer;

static void timer_run(struct timer_list *unused)
{
	u32 values[2];

	xk_span_timer_a(values, 20);
	timer_value = values[1];
	atomic_inc(&timer_passes);
	if (values[0] != values[1])
		atomic_inc(&timer_mixtures);
	mod_timer(&timer, jiffies + 1);
}

static int __init mixture_init(void)
{
	int ret;

	site_a = site_of(read_a);
	site_b = site_of(read_b);
	site_c = site_of(read_c);
	site_d = site_of(read_d);
	site_e = site_of(read_e);
	site_f = site_of(read_f);
	site_g = site_of(read_g);
	site_h = site_of(read_h);
	if (!site_a || !site_b || !site_c || !site_d || !site_e || !site_f || !site_g || !site_h)
		return -ENOEXEC;
	ret = misc_register(&mixture_misc);
	if (ret)
		return ret;
	thread = kthread_run(thread_run, NULL, "xk_mixture");
	if (IS_ERR(thread)) {
		misc_deregister(&mixture_misc);
		return PTR_ERR(thread);
	}
	timer_setup(&timer, timer_run, 0);
	mod_timer(&timer, jiffies + 1);
	return 0;
}

static void __exit mixture_exit(void)
{
	timer_shutdown_sync(&timer);
	kthread_stop(thread);
	misc_deregister(&mixture_misc);
}

module_init(mixture_init);
module_exit(mixture_exit);
MODULE_DESCRIPTION("KernelX tests: detects mixtures of a constant's values");
MODULE_LICENSE("GPL");
