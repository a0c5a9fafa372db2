/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of xk-kfuncs know of each other. */
#ifndef XK_KFUNCS_INTERNAL_H
#define XK_KFUNCS_INTERNAL_H

#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/ptrace.h>
#include <linux/xarray.h>

#include "xk_abi.h"
#include "xk_line.h"

struct xk_hosted;

/**
 * struct xk_const - a constant
 * @line: its state
 * @denied: writes refused at its sites
 * @id: its ConstID
 * @claimed: a transition holds it; under xk_lock
 * @native: the module that has its probes, if they are native; under xk_lock
 * @native_ready: all of them are in place
 * @native_held: @native cannot be unloaded
 * @hosted: per site the program that runs there, if this module runs them
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
	bool native_ready;
	bool native_held;
	struct module *native;
	struct xk_hosted *hosted;
	struct rcu_head rcu;
	struct kprobe *guards;
	u32 guard_count;
	u32 site_count;
	struct xk_site sites[];
};

extern struct xarray xk_constants;
extern struct mutex xk_lock;
extern atomic64_t xk_denied;

/* The constants with low numbers once more, where a hit finds them in an instruction. */
#define XK_NEAR	1024
extern struct xk_const *xk_near[XK_NEAR];

/* xk_bpf.c */
int xk_bpf_register(void);

/* xk_host.c */
int xk_host_attach(const struct xk_attach *req);
void xk_host_detach(struct xk_const *c);
void xk_host_read(const struct xk_const *c, struct xk_probes *req);

/* xk_native.c */
int xk_native_hold(struct xk_const *c);
void xk_native_let_go(struct xk_const *c);

/* xk_operand.c */
int xk_operand_load(const struct xk_site *s, const struct pt_regs *regs, u64 *value);
int xk_operand_store(const struct xk_site *s, const struct pt_regs *regs, u64 value);

#endif /* XK_KFUNCS_INTERNAL_H */
