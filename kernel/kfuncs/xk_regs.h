/* SPDX-License-Identifier: GPL-2.0-only */
/* The registers of a probe, by the numbers of enum xk_reg. */
#ifndef XK_REGS_H
#define XK_REGS_H

#include <linux/stddef.h>
#include <linux/types.h>

#include <asm/ptrace.h>

#include "xk_abi.h"

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

static __always_inline unsigned long
xk_merge(u32 reg, unsigned long was, u32 width, u64 value)
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

static __always_inline unsigned long *xk_reg(struct pt_regs *regs, u32 reg)
{
	return (unsigned long *)((char *)regs + xk_reg_offset[reg]);
}

#endif /* XK_REGS_H */
