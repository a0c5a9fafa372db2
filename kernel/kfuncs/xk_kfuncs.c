// SPDX-License-Identifier: GPL-2.0-only
/*
 * xk-kfuncs: owns the state of every changed constant and offers kprobe BPF
 * programs the narrow writes that change it.
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

#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/log2.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "xk_abi.h"
#include "xk_transition.h"

/**
 * struct xk_line - what a probe reads on a hit: one cache line
 * @old_value: the value before the last flip
 * @new_value: the value since the last flip
 * @epoch: number of flips
 * @mode: enum xk_mode of the last flip
 * @state: XK_STATE_*; @new_value counts only with XK_STATE_NEW set
 * @view: which task sees which value, with XK_STATE_MOVING set
 */
struct xk_line {
	u64 old_value;
	u64 new_value;
	u64 epoch;
	u32 mode;
	u32 state;
	struct xk_view *view;
} ____cacheline_aligned;

/**
 * struct xk_const - a constant
 * @line: its state
 * @denied: writes refused at its sites
 * @id: its ConstID
 * @claimed: a transition holds it; under xk_lock
 * @rcu: frees it after the last reader
 * @guards: one probe for each site that may be stepped over
 * @guard_count: number of @guards that are registered
 * @site_count: number of @sites
 * @sites: where its probes may stand; never changed after creation
 */
struct xk_const {
	struct xk_line line;
	atomic64_t denied;
	u32 id;
	bool claimed;
	struct rcu_head rcu;
	struct kprobe *guards;
	u32 guard_count;
	u32 site_count;
	struct xk_site sites[];
};

static DEFINE_XARRAY_ALLOC1(xk_constants);
static DEFINE_MUTEX(xk_lock);
static u32 xk_next_id;
static u32 xk_count;
static atomic64_t xk_denied;

static unsigned int first_id = 1;
module_param(first_id, uint, 0444);
MODULE_PARM_DESC(first_id, "least ConstID to give out; higher than any of this boot");

/* The flags that arithmetic sets: CF PF AF ZF SF OF. */
#define XK_FLAGS_MASK	0x8d5UL

static const u16 xk_reg_offset[XK_REG_COUNT] = {
	[XK_REG_ax] = offsetof(struct pt_regs, ax),
	[XK_REG_bx] = offsetof(struct pt_regs, bx),
	[XK_REG_cx] = offsetof(struct pt_regs, cx),
	[XK_REG_dx] = offsetof(struct pt_regs, dx),
	[XK_REG_si] = offsetof(struct pt_regs, si),
	[XK_REG_di] = offsetof(struct pt_regs, di),
	[XK_REG_bp] = offsetof(struct pt_regs, bp),
	[XK_REG_sp] = offsetof(struct pt_regs, sp),
	[XK_REG_r8] = offsetof(struct pt_regs, r8),
	[XK_REG_r9] = offsetof(struct pt_regs, r9),
	[XK_REG_r10] = offsetof(struct pt_regs, r10),
	[XK_REG_r11] = offsetof(struct pt_regs, r11),
	[XK_REG_r12] = offsetof(struct pt_regs, r12),
	[XK_REG_r13] = offsetof(struct pt_regs, r13),
	[XK_REG_r14] = offsetof(struct pt_regs, r14),
	[XK_REG_r15] = offsetof(struct pt_regs, r15),
	[XK_REG_flags] = offsetof(struct pt_regs, flags),
};

static unsigned long xk_merge(u32 reg, unsigned long was, u32 width, u64 value)
{
	if (reg == XK_REG_flags)
		return (was & ~XK_FLAGS_MASK) | (value & XK_FLAGS_MASK);
	switch (width) {
	case XK_WIDTH_8:
		return (was & ~0xffUL) | (u8)value;
	case XK_WIDTH_16:
		return (was & ~0xffffUL) | (u16)value;
	case XK_WIDTH_32:
		return (u32)value;
	default:
		return value;
	}
}

/* The site of that number if the program runs there. */
static const struct xk_site *xk_here(const struct xk_const *c, u32 site,
				     const struct pt_regs *regs)
{
	/* A kprobe's handler sees the address after its breakpoint. */
	if (unlikely(site >= c->site_count || c->sites[site].addr != regs->ip - 1))
		return NULL;
	return &c->sites[site];
}

static unsigned long xk_reg(const struct pt_regs *regs, u32 reg)
{
	return *(const unsigned long *)((const char *)regs + xk_reg_offset[reg]);
}

/*
 * The address of a site's memory operand, or NULL if it is not all kernel
 * memory: then the instruction itself runs, and faults as it would have.
 */
static void *xk_operand(const struct xk_site *s, const struct pt_regs *regs)
{
	unsigned long at = s->mem_disp;

	if (s->mem_base)
		at += xk_reg(regs, s->mem_base - 1);
	if (s->mem_index)
		at += xk_reg(regs, s->mem_index - 1) * s->mem_scale;
	/* XK_WIDTH_* is the width in bytes. */
	if ((long)at >= 0 || (long)(at + s->mem_width - 1) >= 0)
		return NULL;
	return (void *)at;
}

static int xk_get(const void *from, u32 width, u64 *value)
{
	u8 v8;
	u16 v16;
	u32 v32;
	u64 v64;

	pagefault_disable();
	switch (width) {
	case XK_WIDTH_8:
		__get_kernel_nofault(&v8, from, u8, fault);
		*value = v8;
		break;
	case XK_WIDTH_16:
		__get_kernel_nofault(&v16, from, u16, fault);
		*value = v16;
		break;
	case XK_WIDTH_32:
		__get_kernel_nofault(&v32, from, u32, fault);
		*value = v32;
		break;
	default:
		__get_kernel_nofault(&v64, from, u64, fault);
		*value = v64;
	}
	pagefault_enable();
	return 0;
fault:
	pagefault_enable();
	return -EFAULT;
}

static int xk_put(void *to, u32 width, u64 value)
{
	u8 v8 = value;
	u16 v16 = value;
	u32 v32 = value;

	pagefault_disable();
	switch (width) {
	case XK_WIDTH_8:
		__put_kernel_nofault(to, &v8, u8, fault);
		break;
	case XK_WIDTH_16:
		__put_kernel_nofault(to, &v16, u16, fault);
		break;
	case XK_WIDTH_32:
		__put_kernel_nofault(to, &v32, u32, fault);
		break;
	default:
		__put_kernel_nofault(to, &value, u64, fault);
	}
	pagefault_enable();
	return 0;
fault:
	pagefault_enable();
	return -EFAULT;
}

/* Looks the site up, and refuses what it does not grant. */
static const struct xk_site *xk_granted(const struct pt_regs *regs, u32 id, u32 site, u8 access)
{
	struct xk_const *c = xa_load(&xk_constants, id);
	const struct xk_site *s;

	if (unlikely(!c)) {
		atomic64_inc(&xk_denied);
		return NULL;
	}
	s = xk_here(c, site, regs);
	if (unlikely(!s || !s->skip || (s->mem_access & access) != access)) {
		atomic64_inc(&c->denied);
		return NULL;
	}
	return s;
}

/*
 * Whether a probe runs in the context of a task, whose own value counts. The
 * handler of a breakpoint is entered like an NMI, so that much is taken off. A
 * jump-optimised probe in a real NMI is not told apart from it.
 */
static bool xk_for_task(void)
{
	unsigned int count = preempt_count();

	if (count & NMI_MASK)
		count -= NMI_OFFSET + HARDIRQ_OFFSET;
	if (count & (NMI_MASK | HARDIRQ_MASK))
		return false;
	/* Softirqs of a real-time kernel run, and are preempted, as tasks do. */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT) && (count & SOFTIRQ_OFFSET))
		return false;
	return !is_idle_task(current);
}

static int xk_value_between(struct xk_const *c, u32 state, u64 *value)
{
	/* Pairs with the release in xk_transition_show(). */
	struct xk_view *view = smp_load_acquire(&c->line.view);
	u8 side = XK_SIDE_OLD;

	if (view && xk_for_task()) {
		struct xk_slot *slot = xk_view_slot(view, current);

		side = slot->task ? READ_ONCE(slot->side) : view->rest;
	}
	if (!(state & (side == XK_SIDE_NEW ? XK_STATE_NEW : XK_STATE_OLD)))
		return 0;
	*value = side == XK_SIDE_NEW ? READ_ONCE(c->line.new_value) :
				       READ_ONCE(c->line.old_value);
	return 1;
}

__bpf_kfunc_start_defs();

/**
 * xk_value - the value that a constant has now
 * @regs: the registers that the program was called with
 * @id: the ConstID
 * @value: where the value goes, if there is one
 *
 * Return: 1 if the constant has another value than the compiled one, else 0.
 */
__bpf_kfunc int xk_value(struct pt_regs *regs, u32 id, u64 *value)
{
	struct xk_const *c;
	int active = 0;
	u32 state;

	rcu_read_lock();
	c = xa_load(&xk_constants, id);
	if (c) {
		/* Pairs with the release in xk_flip(): a value is there before its bit. */
		state = smp_load_acquire(&c->line.state);
		if (unlikely(state & XK_STATE_MOVING)) {
			active = xk_value_between(c, state, value);
		} else if (state & XK_STATE_NEW) {
			*value = READ_ONCE(c->line.new_value);
			active = 1;
		}
	}
	rcu_read_unlock();
	return active;
}

/**
 * xk_write_reg - write a register of the probed code
 * @regs: the registers that the program was called with
 * @id: the ConstID
 * @site: the site's number within the constant
 * @reg_width: enum xk_reg, and XK_WIDTH_* in the bits from 8 on
 * @value: 8 and 16 bits leave the bits above alone, 32 bits clear them, as the
 *	processor does
 *
 * Return: 0, or -EPERM if the program does not run at this site or this
 * write was not granted there.
 */
__bpf_kfunc int xk_write_reg(struct pt_regs *regs, u32 id, u32 site,
			     u32 reg_width, u64 value)
{
	u32 reg = reg_width & 0xff, width = reg_width >> 8;
	const struct xk_site *s;
	struct xk_const *c;
	unsigned long *slot;
	int ret = -EPERM;

	rcu_read_lock();
	c = xa_load(&xk_constants, id);
	if (unlikely(!c)) {
		atomic64_inc(&xk_denied);
		goto out;
	}
	s = xk_here(c, site, regs);
	if (likely(s && reg < XK_REG_COUNT && is_power_of_2(width) &&
		   (s->widths[reg] & width))) {
		slot = (unsigned long *)((char *)regs + xk_reg_offset[reg]);
		*slot = xk_merge(reg, *slot, width, value);
		ret = 0;
	} else {
		atomic64_inc(&c->denied);
	}
out:
	rcu_read_unlock();
	return ret;
}

/**
 * xk_load_mem - read the memory operand of an instruction that is stepped over
 * @regs: the registers that the program was called with
 * @id: the ConstID
 * @site: the site's number within the constant
 * @value: where the operand goes, zero-extended
 *
 * Return: 0; -EPERM if the program does not run at this site or reading was
 * not granted there; -EFAULT if there is no kernel memory: then the program
 * has to let the instruction run.
 */
__bpf_kfunc int xk_load_mem(struct pt_regs *regs, u32 id, u32 site, u64 *value)
{
	const struct xk_site *s;
	int ret = -EPERM;
	void *from;

	rcu_read_lock();
	s = xk_granted(regs, id, site, XK_MEM_READ);
	if (s) {
		from = xk_operand(s, regs);
		ret = from ? xk_get(from, s->mem_width, value) : -EFAULT;
	}
	rcu_read_unlock();
	return ret;
}

/**
 * xk_store_mem - write the memory operand of an instruction that is stepped over
 * @regs: the registers that the program was called with
 * @id: the ConstID
 * @site: the site's number within the constant
 * @value: what is stored, the low bits of it if the operand is narrower
 *
 * Return: 0; -EPERM if the program does not run at this site or writing was
 * not granted there; -EFAULT if there is no writable kernel memory: then the
 * program has to let the instruction run.
 */
__bpf_kfunc int xk_store_mem(struct pt_regs *regs, u32 id, u32 site, u64 value)
{
	const struct xk_site *s;
	int ret = -EPERM;
	void *to;

	rcu_read_lock();
	s = xk_granted(regs, id, site, XK_MEM_WRITE);
	if (s) {
		to = xk_operand(s, regs);
		ret = to ? xk_put(to, s->mem_width, value) : -EFAULT;
	}
	rcu_read_unlock();
	return ret;
}

/**
 * xk_skip_insn - step over the probed instruction
 * @regs: the registers that the program was called with
 * @id: the ConstID
 * @site: the site's number within the constant
 *
 * The last call of a program: the instruction pointer then stands behind the
 * instruction, and no site is here any more.
 *
 * Return: 0, or -EPERM if the program does not run at this site or stepping
 * over was not granted there.
 */
__bpf_kfunc int xk_skip_insn(struct pt_regs *regs, u32 id, u32 site)
{
	const struct xk_site *s;
	int ret = -EPERM;

	rcu_read_lock();
	s = xk_granted(regs, id, site, 0);
	if (s) {
		regs->ip = s->addr + s->skip;
		ret = 0;
	}
	rcu_read_unlock();
	return ret;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(xk_kfunc_ids)
BTF_ID_FLAGS(func, xk_value)
BTF_ID_FLAGS(func, xk_write_reg)
BTF_ID_FLAGS(func, xk_load_mem)
BTF_ID_FLAGS(func, xk_store_mem)
BTF_ID_FLAGS(func, xk_skip_insn)
BTF_KFUNCS_END(xk_kfunc_ids)

static const struct btf_kfunc_id_set xk_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &xk_kfunc_ids,
};

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
	req->epoch = line->epoch;
	return 0;
}

static int xk_destroy(const struct xk_destroy *req)
{
	struct xk_const *c = xa_load(&xk_constants, req->id);

	if (!c)
		return -ENOENT;
	if (req->reserved)
		return -EINVAL;
	if (c->claimed || (c->line.state & XK_STATE_NEW))
		return -EBUSY;
	xa_erase(&xk_constants, req->id);
	xk_count--;
	xk_unguard(c);
	kfree_rcu(c, rcu);
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
	} req = {};
	static const u8 known[] = {
		[_IOC_NR(XK_IOC_VERSION) & 0x7f] = sizeof(struct xk_version),
		[_IOC_NR(XK_IOC_CREATE) & 0x7f] = sizeof(struct xk_create),
		[_IOC_NR(XK_IOC_FLIP) & 0x7f] = sizeof(struct xk_flip),
		[_IOC_NR(XK_IOC_DESTROY) & 0x7f] = sizeof(struct xk_destroy),
		[_IOC_NR(XK_IOC_READ) & 0x7f] = sizeof(struct xk_read),
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
	ret = register_btf_kfunc_id_set(BPF_PROG_TYPE_KPROBE, &xk_kfunc_set);
	if (ret)
		return ret;
	return misc_register(&xk_misc);
}

static void __exit xk_exit(void)
{
	misc_deregister(&xk_misc);
	xa_destroy(&xk_constants);
}

module_init(xk_init);
module_exit(xk_exit);
MODULE_DESCRIPTION("KernelX: state of changed constants and site-bound writes for BPF");
MODULE_LICENSE("GPL");
