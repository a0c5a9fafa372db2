// SPDX-License-Identifier: GPL-2.0-only
/* The memory operand of a probed instruction that is stepped over. */
#include <linux/uaccess.h>

#include "xk_internal.h"
#include "xk_regs.h"

/*
 * The address of a site's memory operand, or NULL if it is not all kernel
 * memory: then the instruction itself runs, and faults as it would have.
 */
static void *xk_operand(const struct xk_site *s, const struct pt_regs *regs)
{
	struct pt_regs *from = (struct pt_regs *)regs;
	unsigned long at = s->mem_disp;

	if (s->mem_base)
		at += *xk_reg(from, s->mem_base - 1);
	if (s->mem_index)
		at += *xk_reg(from, s->mem_index - 1) * s->mem_scale;
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

/**
 * xk_operand_load - read the memory operand of a site
 * @s: a site that has one
 * @regs: the probed registers
 * @value: where it goes, zero-extended
 *
 * Context: a probe's handler.
 * Return: 0, or -EFAULT if it is not kernel memory that can be read.
 */
int xk_operand_load(const struct xk_site *s, const struct pt_regs *regs, u64 *value)
{
	void *from = xk_operand(s, regs);

	return from ? xk_get(from, s->mem_width, value) : -EFAULT;
}

/**
 * xk_operand_store - write the memory operand of a site
 * @s: a site that has one
 * @regs: the probed registers
 * @value: the low bits of it are stored
 *
 * Context: a probe's handler.
 * Return: 0, or -EFAULT if it is not kernel memory that can be written.
 */
int xk_operand_store(const struct xk_site *s, const struct pt_regs *regs, u64 value)
{
	void *to = xk_operand(s, regs);

	return to ? xk_put(to, s->mem_width, value) : -EFAULT;
}
