// SPDX-License-Identifier: GPL-2.0-only
/*
 * What xk-kfuncs offers kprobe BPF programs. Kernels before 6.12 do not let
 * kprobe programs, and them alone, call functions of modules; there only native
 * modules enforce.
 */
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/version.h>

#include "xk_internal.h"
#include "xk_regs.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)

static noinline struct xk_const *xk_far(u32 id)
{
	struct xk_const *c;

	rcu_read_lock();
	c = xa_load(&xk_constants, id);
	rcu_read_unlock();
	return c;
}

/* By width in bytes: the bits of a register that stay, and those that are written. */
static const struct {
	unsigned long keep, take;
} xk_bits[XK_WIDTH_64 + 1] = {
	[XK_WIDTH_8] = { ~0xffUL, 0xffUL },
	[XK_WIDTH_16] = { ~0xffffUL, 0xffffUL },
	[XK_WIDTH_32] = { 0, 0xffffffffUL },
	[XK_WIDTH_64] = { 0, ~0UL },
};

/*
 * A constant, until the program returns: a program runs with preemption off, or
 * under one of the two kinds of RCU that a constant's memory is given back by.
 */
static __always_inline struct xk_const *xk_find(u32 id)
{
	/* Pairs with the release in xk_create(). */
	return likely(id < XK_NEAR) ? smp_load_acquire(&xk_near[id]) : xk_far(id);
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

/* Looks the site up, and refuses what it does not grant. */
static const struct xk_site *xk_granted(const struct pt_regs *regs, u32 id, u32 site, u8 access)
{
	struct xk_const *c = xk_find(id);
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

/* Stands apart, so that a hit at other times saves no registers. */
static noinline int xk_between(const struct xk_const *c, u32 state, u64 *value)
{
	struct xk_seen seen = xk_line_between(&c->line, state);

	if (seen.active)
		*value = seen.value;
	return seen.active;
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
	struct xk_const *c = xk_find(id);
	u32 state;

	if (unlikely(!c))
		return 0;
	/* Pairs with the release in xk_flip(): a value is there before its bit. */
	state = smp_load_acquire(&c->line.state);
	if (unlikely(state & XK_STATE_MOVING))
		return xk_between(c, state, value);
	if (!(state & XK_STATE_NEW))
		return 0;
	*value = READ_ONCE(c->line.new_value);
	return 1;
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
	struct xk_const *c = xk_find(id);
	unsigned long *slot, keep, take;
	const struct xk_site *s;

	if (unlikely(!c)) {
		atomic64_inc(&xk_denied);
		return -EPERM;
	}
	s = xk_here(c, site, regs);
	if (unlikely(!s || reg >= XK_REG_COUNT || width > XK_WIDTH_64 ||
		     !(s->widths[reg] & width) || !xk_bits[width].take)) {
		atomic64_inc(&c->denied);
		return -EPERM;
	}
	keep = xk_bits[width].keep;
	take = xk_bits[width].take;
	if (unlikely(reg == XK_REG_flags)) {
		take = XK_FLAGS_MASK;
		keep = ~take;
	}
	slot = xk_reg(regs, reg);
	*slot = (*slot & keep) | (value & take);
	return 0;
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

	s = xk_granted(regs, id, site, XK_MEM_READ);
	return s ? xk_operand_load(s, regs, value) : -EPERM;
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

	s = xk_granted(regs, id, site, XK_MEM_WRITE);
	return s ? xk_operand_store(s, regs, value) : -EPERM;
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

	s = xk_granted(regs, id, site, 0);
	if (!s)
		return -EPERM;
	regs->ip = s->addr + s->skip;
	return 0;
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

/** xk_bpf_register - let kprobe programs call the functions above */
int xk_bpf_register(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_KPROBE, &xk_kfunc_set);
}

#else

int xk_bpf_register(void)
{
	return 0;
}

#endif
