/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a stub is written with. A stub is one BPF object per constant: one
 * program per site, made from a plan or by hand:
 *
 *	#include "xk.bpf.h"
 *
 *	XK_SITE(0)
 *	{
 *		xk_write(ctx, 0, XK_REG_ax, 16, 2 * V);
 *		return 0;
 *	}
 *	XK_LICENSE;
 *
 * The body runs only while the constant has another value than the compiled
 * one. It sees that value as V, after the policy hook, and the probed
 * registers, as they stand, as R(ax), R(cx), ... A body with several writes
 * computes every value before the first write.
 *
 * The file stands alone: no vmlinux.h and no libbpf headers, so that a stub
 * compiles fast and on a machine that has nothing but clang.
 */
#ifndef XK_BPF_H
#define XK_BPF_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

#define SEC(name) __attribute__((section(name), used))
#define __always_inline inline __attribute__((always_inline))
#define __weak __attribute__((weak))
#define __ksym __attribute__((section(".ksyms")))

/* x86-64's struct pt_regs, the context of a kprobe program: a stable layout. */
struct pt_regs {
	unsigned long r15;
	unsigned long r14;
	unsigned long r13;
	unsigned long r12;
	unsigned long bp;
	unsigned long bx;
	unsigned long r11;
	unsigned long r10;
	unsigned long r9;
	unsigned long r8;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
	unsigned long ip;
	unsigned long cs;
	unsigned long flags;
	unsigned long sp;
	unsigned long ss;
};

/* The numbers of kernel/kfuncs/xk_abi.h. */
enum xk_reg {
	XK_REG_ax,
	XK_REG_bx,
	XK_REG_cx,
	XK_REG_dx,
	XK_REG_si,
	XK_REG_di,
	XK_REG_bp,
	XK_REG_sp,
	XK_REG_r8,
	XK_REG_r9,
	XK_REG_r10,
	XK_REG_r11,
	XK_REG_r12,
	XK_REG_r13,
	XK_REG_r14,
	XK_REG_r15,
	XK_REG_flags,
};

/**
 * struct xk_stats - what happened at one site on one CPU
 * @hits: times the site was reached while the constant was active
 * @applied: hits whose writes were all done
 * @denied: hits of which the module refused a write
 */
struct xk_stats {
	__u64 hits;
	__u64 applied;
	__u64 denied;
};

/* One entry per site; the loader sets max_entries, and pins the map. */
struct {
	int (*type)[6];		/* BPF_MAP_TYPE_PERCPU_ARRAY */
	__u32 *key;
	struct xk_stats *value;
	int (*max_entries)[1];
} xk_stats SEC(".maps");

/* The ConstID, written by the loader before the programs are loaded. */
const volatile __u32 xk_const_id SEC(".rodata.xk") = 0;

extern int xk_value(struct pt_regs *ctx, __u32 id, __u64 *value) __ksym;
extern int xk_write_reg(struct pt_regs *ctx, __u32 id, __u32 site,
			__u32 reg_width, __u64 value) __ksym;
extern int xk_load_mem(struct pt_regs *ctx, __u32 id, __u32 site,
		       __u64 *value) __ksym;
extern int xk_store_mem(struct pt_regs *ctx, __u32 id, __u32 site,
			__u64 value) __ksym;
extern int xk_skip_insn(struct pt_regs *ctx, __u32 id, __u32 site) __ksym;

static void *(*const xk_map_lookup)(void *map, const void *key) = (void *)1;

/**
 * xk_policy - the value that a hit works with
 * @ctx: the probed registers
 * @value: the constant's value
 *
 * Weak: a policy linked with the stub takes its place.
 */
__weak __u64 xk_policy(struct pt_regs *ctx, __u64 value)
{
	return value;
}

static __always_inline int xk_run(struct pt_regs *ctx, __u32 site,
				  int (*body)(struct pt_regs *, __u64, int *))
{
	struct xk_stats *stats;
	__u64 value = 0;
	int denied = 0;

	if (!xk_value(ctx, xk_const_id, &value))
		return 0;
	stats = xk_map_lookup(&xk_stats, &site);
	if (!stats)
		return 0;
	stats->hits++;
	body(ctx, xk_policy(ctx, value), &denied);
	if (denied)
		stats->denied++;
	else
		stats->applied++;
	return 0;
}

#define XK_SITE(n)							\
	static __always_inline int xk_body_##n(struct pt_regs *ctx,	\
					       __u64 V, int *xk_denied);\
	SEC("kprobe") int xk_site_##n(struct pt_regs *ctx)		\
	{								\
		return xk_run(ctx, n, xk_body_##n);			\
	}								\
	static __always_inline int xk_body_##n(struct pt_regs *ctx,	\
					       __u64 V, int *xk_denied)

/* The probed register, 64 bits, as it stands now. */
#define R(reg) ((__u64)ctx->reg)

/* Writes the low WIDTH (8, 16, 32, 64) bits of VALUE to a register. */
#define xk_write(ctx, site, reg, width, value)				\
	(*xk_denied |= xk_write_reg(ctx, xk_const_id, site,		\
				    (reg) | ((width) / 8) << 8, value))

/*
 * At a site whose instruction the program steps over, in this order: read the
 * instruction's memory operand into MEM, store to it, write registers, step
 * over. What comes out as 0 was not done: return, and let the instruction run.
 */
#define xk_load(ctx, site, mem)						\
	(!(*xk_denied |= xk_load_mem(ctx, xk_const_id, site, &(mem))))

#define xk_store(ctx, site, value)					\
	(!(*xk_denied |= xk_store_mem(ctx, xk_const_id, site, value)))

#define xk_skip(ctx, site)						\
	(*xk_denied |= xk_skip_insn(ctx, xk_const_id, site))

#define XK_LICENSE char xk_license[] SEC("license") = "GPL"

#endif /* XK_BPF_H */
