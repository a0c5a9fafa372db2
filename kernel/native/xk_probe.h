/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the sites of a native module are written with, one handler each:
 *
 *	#include "xk_probe.h"
 *
 *	XK_SITE(0)
 *	{
 *		xk_write(ctx, 0, XK_REG_ax, 16, 2 * V);
 *		return 0;
 *	}
 *
 *	XK_HANDLERS(xk_hit_0);
 *
 * The body runs only while the constant has another value than the compiled
 * one. It sees that value as V and the probed registers, as they stand, as
 * R(ax), R(cx), ... A body with several writes computes every value before the
 * first write. The names are those of bpf/xk.bpf.h.
 *
 * It is compiled for each plan, so it includes next to nothing of the kernel.
 */
#ifndef XK_PROBE_H
#define XK_PROBE_H

#include <asm/barrier.h>
#include <asm/percpu.h>
#include <asm/ptrace.h>

#include "../kfuncs/xk_native.h"
#include "../kfuncs/xk_regs.h"

extern struct xk_const *xk_const;
extern const struct xk_line *xk_line;
struct kprobe;

typedef int (*xk_handler)(struct kprobe *p, struct pt_regs *regs);

/* One for each of the constant's sites, in their order. */
extern const xk_handler xk_handlers[];
extern const unsigned int xk_handler_count;

/* Times a site was reached while the constant was active. */
DECLARE_PER_CPU(u64, xk_hits);
/* Hits whose instruction had to run as compiled, or of which a write was not granted. */
extern atomic64_t xk_faults, xk_denied;

/*
 * While tasks go over one by one, the value is not in the line alone; that part
 * stands apart, so that a hit at other times saves no registers.
 */
#define XK_SITE(n)							\
static __always_inline int xk_body_##n(struct pt_regs *ctx, u64 V);	\
static noinline int xk_between_##n(struct pt_regs *ctx, u32 state)	\
{									\
	struct xk_seen seen = xk_line_between(xk_line, state);		\
									\
	if (!seen.active)						\
		return 0;						\
	this_cpu_inc(xk_hits);						\
	return xk_body_##n(ctx, seen.value);				\
}									\
static int xk_hit_##n(struct kprobe *p, struct pt_regs *ctx)		\
{									\
	/* Pairs with the release in xk_flip(). */			\
	u32 state = smp_load_acquire(&xk_line->state);			\
									\
	if (unlikely(state & XK_STATE_MOVING))				\
		return xk_between_##n(ctx, state);			\
	if (!(state & XK_STATE_NEW))					\
		return 0;						\
	this_cpu_inc(xk_hits);						\
	return xk_body_##n(ctx, READ_ONCE(xk_line->new_value));		\
}									\
static __always_inline int xk_body_##n(struct pt_regs *ctx, u64 V)

#define XK_HANDLERS(...)						\
const xk_handler xk_handlers[] = { __VA_ARGS__ };			\
const unsigned int xk_handler_count = sizeof(xk_handlers) / sizeof(*xk_handlers)

/* The probed register, 64 bits, as it stands now. */
#define R(reg) ((u64)ctx->reg)

/* Writes the low WIDTH (8, 16, 32, 64) bits of VALUE to a register. */
#define xk_write(ctx, site, reg, width, value)				\
	(*xk_reg(ctx, reg) = xk_merge(reg, *xk_reg(ctx, reg), (width) / 8, value))

bool xk_done(int ret);

/*
 * At a site whose instruction the handler steps over, in this order: read the
 * instruction's memory operand into MEM, store to it, write registers, step
 * over. What comes out as 0 was not done: return, and let the instruction run.
 */
#define xk_load(ctx, site, mem) xk_done(xk_native_load(xk_const, site, ctx, &(mem)))

#define xk_store(ctx, site, value) xk_done(xk_native_store(xk_const, site, ctx, value))

/* The last of a handler: returns from it. */
#define xk_skip(ctx, site)						\
	do {								\
		xk_native_skip(xk_const, site, ctx);			\
		return 1;						\
	} while (0)

#endif /* XK_PROBE_H */
