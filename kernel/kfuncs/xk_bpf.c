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
	struct xk_seen seen;
	struct xk_const *c;
	int active = 0;
	u32 state;

	rcu_read_lock();
	c = xa_load(&xk_constants, id);
	if (c) {
		/* Pairs with the release in xk_flip(): a value is there before its bit. */
		state = smp_load_acquire(&c->line.state);
		if (unlikely(state & XK_STATE_MOVING)) {
			seen = xk_line_between(&c->line, state);
			active = seen.active;
			if (active)
				*value = seen.value;
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
		slot = xk_reg(regs, reg);
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

	rcu_read_lock();
	s = xk_granted(regs, id, site, XK_MEM_READ);
	if (s)
		ret = xk_operand_load(s, regs, value);
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

	rcu_read_lock();
	s = xk_granted(regs, id, site, XK_MEM_WRITE);
	if (s)
		ret = xk_operand_store(s, regs, value);
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
