// SPDX-License-Identifier: GPL-2.0-only
/*
 * xk-kfuncs: owns the state of every changed constant and offers kprobe BPF
 * programs the narrow writes that change it (xk_bpf.c), and native modules the
 * state that theirs are made by (xk_native.c).
 *
 * Each constant has one state line, {old, new, epoch, mode}. Probes read it on
 * each hit, with preemption off; a flip changes it under one mutex and waits
 * for an RCU grace period before it returns, so that no probe spans two flips.
 *
 * A BPF program can write a register of the registers it was called with, and
 * only if it runs at a registered site of that constant, and only a register
 * and width that were granted for that site. Everything else is refused and
 * counted.
 *
 * Some instructions cannot be put right after they ran: a shift in place, a
 * number that goes straight to memory, a comparison with memory. At a site that
 * says so the program does the instruction's work and then steps over it: it
 * may read and write the instruction's memory operand, whose address the module
 * computes from the site and the probed registers, and it may set the
 * instruction pointer behind the instruction. The kernel follows a changed
 * instruction pointer from a breakpoint, but not from the jump that it makes of
 * a breakpoint; so at such a site the module has a probe of its own, with a
 * post_handler, which keeps the breakpoint.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/log2.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_trace.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "xk_internal.h"
#include "xk_transition.h"

DEFINE_XARRAY_ALLOC1(xk_constants);
DEFINE_MUTEX(xk_lock);
atomic64_t xk_denied;
struct xk_const *xk_near[XK_NEAR];
static u32 xk_next_id;
static u32 xk_count;

static unsigned int first_id = 1;
module_param(first_id, uint, 0444);
MODULE_PARM_DESC(first_id, "least ConstID to give out; higher than any of this boot");

static bool xk_operand_valid(const struct xk_site *site)
{
	if (!site->mem_access)
		return !site->mem_width && !site->mem_base && !site->mem_index &&
		       !site->mem_scale && !site->mem_disp;
	return site->skip && !(site->mem_access & ~(XK_MEM_READ | XK_MEM_WRITE)) &&
	       is_power_of_2(site->mem_width) && site->mem_width <= XK_WIDTH_64 &&
	       is_power_of_2(site->mem_scale) && site->mem_scale <= 8 &&
	       site->mem_base <= 1 + XK_REG_r15 && site->mem_index <= 1 + XK_REG_r15 &&
	       site->mem_index != 1 + XK_REG_sp;
}

static bool xk_site_valid(const struct xk_site *site)
{
	unsigned int reg;

	if (!site->addr || site->reserved[0] || site->reserved[1] ||
	    site->skip > MAX_INSN_SIZE || !xk_operand_valid(site))
		return false;
	for (reg = 0; reg < ARRAY_SIZE(site->widths); reg++) {
		u8 widths = site->widths[reg];

		if (widths & ~(XK_WIDTH_8 | XK_WIDTH_16 | XK_WIDTH_32 | XK_WIDTH_64))
			return false;
		if (widths && (reg >= XK_REG_COUNT || reg == XK_REG_sp))
			return false;
		if (reg == XK_REG_flags && (widths & ~XK_WIDTH_64))
			return false;
	}
	return true;
}

static bool xk_site_taken(u64 addr)
{
	struct xk_const *c;
	unsigned long index;
	u32 i;

	xa_for_each(&xk_constants, index, c)
		for (i = 0; i < c->site_count; i++)
			if (c->sites[i].addr == addr)
				return true;
	return false;
}

static int xk_copy_sites(struct xk_const *c, const struct xk_create *req)
{
	u32 i, j;
	int ret;

	for (i = 0; i < req->site_count; i++) {
		ret = copy_struct_from_user(&c->sites[i], sizeof(c->sites[i]),
					    u64_to_user_ptr(req->sites) + (u64)i * req->site_size,
					    req->site_size);
		if (ret)
			return ret;
		if (!xk_site_valid(&c->sites[i]))
			return -EINVAL;
		if (xk_site_taken(c->sites[i].addr))
			return -EEXIST;
		for (j = 0; j < i; j++)
			if (c->sites[j].addr == c->sites[i].addr)
				return -EEXIST;
	}
	return 0;
}

static void xk_guard_post(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static void xk_unguard(struct xk_const *c)
{
	while (c->guard_count)
		unregister_kprobe(&c->guards[--c->guard_count]);
	kfree(c->guards);
}

/*
 * Takes care that every site that may be stepped over stays a breakpoint, and
 * that its length is what the kernel's own decoder says.
 */
static int xk_guard(struct xk_const *c)
{
	u32 i, count = 0;
	int ret;

	for (i = 0; i < c->site_count; i++)
		count += c->sites[i].skip != 0;
	if (!count)
		return 0;
	c->guards = kcalloc(count, sizeof(*c->guards), GFP_KERNEL_ACCOUNT);
	if (!c->guards)
		return -ENOMEM;
	for (i = 0; i < c->site_count; i++) {
		struct kprobe *guard = &c->guards[c->guard_count];

		if (!c->sites[i].skip)
			continue;
		guard->addr = (kprobe_opcode_t *)(unsigned long)c->sites[i].addr;
		guard->post_handler = xk_guard_post;
		ret = register_kprobe(guard);
		if (ret)
			goto undo;
		c->guard_count++;
		if (guard->ainsn.size != c->sites[i].skip) {
			ret = -EINVAL;
			goto undo;
		}
	}
	/* Somebody else's jump may have been there: wait for those still on it. */
	synchronize_rcu_tasks();
	return 0;
undo:
	xk_unguard(c);
	return ret;
}

static int xk_create(struct xk_create *req)
{
	struct xk_const *c;
	size_t size;
	int ret;

	if (req->flags || !req->site_count || req->site_count > XK_SITES_MAX ||
	    req->site_size < offsetofend(struct xk_site, widths) || req->site_size > PAGE_SIZE)
		return -EINVAL;
	/* A power of two, so that the state line has a cache line of its own. */
	size = roundup_pow_of_two(struct_size(c, sites, req->site_count));
	c = kzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!c)
		return -ENOMEM;
	c->site_count = req->site_count;
	ret = xk_copy_sites(c, req);
	if (ret)
		goto free;
	if (xk_next_id == U32_MAX) {
		ret = -ENOSPC;
		goto free;
	}
	ret = xk_guard(c);
	if (ret)
		goto free;
	c->id = xk_next_id;
	ret = xa_err(xa_store(&xk_constants, c->id, c, GFP_KERNEL_ACCOUNT));
	if (ret) {
		xk_unguard(c);
		goto free;
	}
	/* The open device file holds the module, so this cannot fail. */
	__module_get(THIS_MODULE);
	if (c->id < XK_NEAR)
		/* Pairs with the acquire in xk_find(). */
		smp_store_release(&xk_near[c->id], c);
	xk_next_id++;
	xk_count++;
	req->id = c->id;
	return 0;
free:
	kfree(c);
	return ret;
}

static int xk_flip(struct xk_flip *req)
{
	struct xk_const *c = xa_load(&xk_constants, req->id);
	struct xk_line *line;
	u32 old;
	int ret;

	if (!c)
		return -ENOENT;
	if (req->action > XK_ACTIVATE || req->reserved)
		return -EINVAL;
	if (req->mode != XK_MODE_IMMEDIATE)
		return -EOPNOTSUPP;
	if (c->claimed)
		return -EBUSY;
	line = &c->line;
	if (line->epoch != req->epoch)
		return -ESTALE;
	ret = xk_native_hold(c);
	if (ret)
		return ret;

	old = line->state & XK_STATE_NEW ? XK_STATE_OLD : 0;
	line->old_value = line->new_value;
	line->mode = req->mode;
	line->epoch++;
	if (req->action == XK_ACTIVATE) {
		WRITE_ONCE(line->new_value, req->value);
		/* Pairs with the acquire in xk_value(). */
		smp_store_release(&line->state, old | XK_STATE_NEW);
	} else {
		WRITE_ONCE(line->state, old);
	}
	synchronize_rcu_expedited();
	xk_native_let_go(c);
	req->epoch = line->epoch;
	return 0;
}

static void xk_free(struct rcu_head *rcu)
{
	/* What ends one grace period of that kind does not yet end one of the other. */
	kfree_rcu(container_of(rcu, struct xk_const, rcu), rcu);
}

static int xk_destroy(const struct xk_destroy *req)
{
	struct xk_const *c = xa_load(&xk_constants, req->id);

	if (!c)
		return -ENOENT;
	if (req->reserved)
		return -EINVAL;
	if (c->claimed || c->native || (c->line.state & XK_STATE_NEW))
		return -EBUSY;
	if (c->id < XK_NEAR)
		WRITE_ONCE(xk_near[c->id], NULL);
	xa_erase(&xk_constants, c->id);
	xk_count--;
	xk_host_detach(c);
	xk_unguard(c);
	/* A program that may sleep can have found it as well. */
	call_rcu_tasks_trace(&c->rcu, xk_free);
	module_put(THIS_MODULE);
	return 0;
}

/**
 * xk_transition_claim - hold a constant for a transition
 * @id: the ConstID
 * @epoch: the epoch that the caller has read
 *
 * Until it is released nobody else flips or destroys it.
 *
 * Context: may sleep.
 * Return: the constant, or ENOENT, ESTALE for another epoch, EBUSY for one that
 * is held already.
 */
struct xk_const *xk_transition_claim(u32 id, u64 epoch)
{
	struct xk_const *c;

	mutex_lock(&xk_lock);
	c = xa_load(&xk_constants, id);
	if (!c)
		c = ERR_PTR(-ENOENT);
	else if (c->claimed)
		c = ERR_PTR(-EBUSY);
	else if (c->line.epoch != epoch)
		c = ERR_PTR(-ESTALE);
	else if (xk_native_hold(c))
		c = ERR_PTR(-EBUSY);
	else
		c->claimed = true;
	mutex_unlock(&xk_lock);
	return c;
}
EXPORT_SYMBOL_GPL(xk_transition_claim);

/**
 * xk_transition_release - let go of a constant that no view is shown of
 * @c: the constant
 *
 * Context: may sleep.
 */
void xk_transition_release(struct xk_const *c)
{
	mutex_lock(&xk_lock);
	c->claimed = false;
	xk_native_let_go(c);
	mutex_unlock(&xk_lock);
}
EXPORT_SYMBOL_GPL(xk_transition_release);

/**
 * xk_transition_show - change what the probes of a held constant see
 * @c: the constant
 * @show: what they see from now on
 * @active: whether the new value is another one than the compiled value
 * @value: the new value, if @active
 * @mode: enum xk_mode
 * @view: for XK_SHOW_BOTH; shown until the next call
 *
 * XK_SHOW_BOTH with a view shown already changes nothing but the view, and
 * XK_SHOW_OLD is for a constant with a view.
 *
 * Context: a stop_machine() function.
 * Return: the constant's epoch afterwards.
 */
u64 xk_transition_show(struct xk_const *c, enum xk_show show, bool active,
		       u64 value, u32 mode, struct xk_view *view)
{
	struct xk_line *line = &c->line;
	u32 state = line->state;

	if (show != XK_SHOW_OLD && !(state & XK_STATE_MOVING)) {
		line->old_value = line->new_value;
		WRITE_ONCE(line->new_value, active ? value : 0);
		state = state & XK_STATE_NEW ? XK_STATE_OLD : 0;
		if (active)
			state |= XK_STATE_NEW;
		line->mode = mode;
	}
	/* Pairs with the acquire in xk_value_between(). */
	smp_store_release(&line->view, view);
	if (show == XK_SHOW_BOTH) {
		state |= XK_STATE_MOVING;
	} else {
		state &= ~XK_STATE_MOVING;
		line->epoch++;
	}
	if (show == XK_SHOW_OLD) {
		WRITE_ONCE(line->new_value, line->old_value);
		state = state & XK_STATE_OLD ? XK_STATE_OLD | XK_STATE_NEW : 0;
	}
	/* Pairs with the acquire in xk_value(). */
	smp_store_release(&line->state, state);
	return line->epoch;
}
EXPORT_SYMBOL_GPL(xk_transition_show);

static int xk_read(struct xk_read *req)
{
	unsigned long index = req->id;
	struct xk_const *c;
	u32 i, room = req->site_count;

	if (req->flags & ~XK_READ_NEXT)
		return -EINVAL;
	c = req->flags & XK_READ_NEXT ?
		xa_find(&xk_constants, &index, U32_MAX, XA_PRESENT) :
		xa_load(&xk_constants, index);
	if (!c)
		return -ENOENT;
	req->id = c->id;
	req->old_value = c->line.old_value;
	req->new_value = c->line.new_value;
	req->epoch = c->line.epoch;
	req->mode = c->line.mode;
	req->state = c->line.state;
	req->denied = atomic64_read(&c->denied);
	req->site_count = c->site_count;
	if (!req->sites)
		return 0;
	if (!req->site_size || req->site_size > PAGE_SIZE)
		return -EINVAL;
	for (i = 0; i < min(room, c->site_count); i++) {
		void __user *to = u64_to_user_ptr(req->sites) + (u64)i * req->site_size;
		size_t known = min_t(size_t, req->site_size, sizeof(c->sites[i]));

		if (copy_to_user(to, &c->sites[i], known) ||
		    clear_user(to + known, req->site_size - known))
			return -EFAULT;
	}
	return 0;
}

static int xk_probes(struct xk_probes *req)
{
	struct xk_const *c = xa_load(&xk_constants, req->id);

	if (!c)
		return -ENOENT;
	if (req->action > XK_PROBES_DETACH || req->reserved)
		return -EINVAL;
	if (req->action == XK_PROBES_DETACH) {
		if (c->claimed || (c->line.state & XK_STATE_NEW))
			return -EBUSY;
		xk_host_detach(c);
	}
	xk_host_read(c, req);
	return 0;
}

static int xk_version(struct xk_version *req)
{
	req->abi = XK_ABI_VERSION;
	req->site_size = sizeof(struct xk_site);
	req->modes = BIT(XK_MODE_IMMEDIATE);
	req->constants = xk_count;
	req->denied = atomic64_read(&xk_denied);
	return 0;
}

static long xk_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	union {
		struct xk_version version;
		struct xk_create create;
		struct xk_flip flip;
		struct xk_destroy destroy;
		struct xk_read read;
		struct xk_attach attach;
		struct xk_probes probes;
	} req = {};
	static const u8 known[] = {
		[_IOC_NR(XK_IOC_VERSION) & 0x7f] = sizeof(struct xk_version),
		[_IOC_NR(XK_IOC_CREATE) & 0x7f] = sizeof(struct xk_create),
		[_IOC_NR(XK_IOC_FLIP) & 0x7f] = sizeof(struct xk_flip),
		[_IOC_NR(XK_IOC_DESTROY) & 0x7f] = sizeof(struct xk_destroy),
		[_IOC_NR(XK_IOC_READ) & 0x7f] = sizeof(struct xk_read),
		[_IOC_NR(XK_IOC_ATTACH) & 0x7f] = sizeof(struct xk_attach),
		[_IOC_NR(XK_IOC_PROBES) & 0x7f] = sizeof(struct xk_probes),
	};
	unsigned int nr = _IOC_NR(cmd), size = _IOC_SIZE(cmd), index = nr & 0x7f;
	void __user *user = (void __user *)arg;
	long ret;

	if (_IOC_TYPE(cmd) != 'x' || nr < 0x80 || index >= ARRAY_SIZE(known))
		return -ENOTTY;
	if (size < sizeof(u64) || size > PAGE_SIZE)
		return -EINVAL;
	ret = copy_struct_from_user(&req, known[index], user, size);
	if (ret)
		return ret;

	ret = mutex_lock_interruptible(&xk_lock);
	if (ret)
		return ret;
	switch (nr) {
	case _IOC_NR(XK_IOC_VERSION):
		ret = xk_version(&req.version);
		break;
	case _IOC_NR(XK_IOC_CREATE):
		ret = xk_create(&req.create);
		break;
	case _IOC_NR(XK_IOC_FLIP):
		ret = xk_flip(&req.flip);
		break;
	case _IOC_NR(XK_IOC_DESTROY):
		ret = xk_destroy(&req.destroy);
		break;
	case _IOC_NR(XK_IOC_ATTACH):
		ret = xk_host_attach(&req.attach);
		break;
	case _IOC_NR(XK_IOC_PROBES):
		ret = xk_probes(&req.probes);
		break;
	default:
		ret = xk_read(&req.read);
	}
	mutex_unlock(&xk_lock);
	if (!ret && copy_to_user(user, &req, min_t(size_t, size, known[index])))
		ret = -EFAULT;
	return ret;
}

static int xk_open(struct inode *inode, struct file *file)
{
	return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

static const struct file_operations xk_fops = {
	.owner = THIS_MODULE,
	.open = xk_open,
	.unlocked_ioctl = xk_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice xk_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = XK_DEVICE,
	.fops = &xk_fops,
	.mode = 0600,
};

static int __init xk_init(void)
{
	int ret;

	xk_next_id = max(first_id, 1u);
	ret = xk_bpf_register();
	if (ret)
		return ret;
	return misc_register(&xk_misc);
}

static void __exit xk_exit(void)
{
	misc_deregister(&xk_misc);
	rcu_barrier_tasks_trace();
	xa_destroy(&xk_constants);
}

module_init(xk_init);
module_exit(xk_exit);
MODULE_DESCRIPTION("KernelX: state of changed constants and site-bound writes for BPF");
MODULE_LICENSE("GPL");
