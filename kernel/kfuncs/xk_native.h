/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What xk-kfuncs offers a native module: a constant whose probes it has.
 *
 * A native module attaches to an inactive constant, puts its probes at the
 * constant's sites and says when all are in place. From then on the constant
 * can be made active, and while it is, or a transition holds it, the module
 * cannot be unloaded. A constant with a native module cannot be destroyed.
 */
#ifndef XK_NATIVE_H
#define XK_NATIVE_H

#include <linux/types.h>

#include "xk_line.h"

struct module;
struct pt_regs;
struct xk_const;

struct xk_const *xk_native_attach(u32 id, u32 sites, struct module *owner);
void xk_native_ready(struct xk_const *c);
void xk_native_detach(struct xk_const *c);
const struct xk_line *xk_native_line(const struct xk_const *c);
unsigned long xk_native_site(const struct xk_const *c, u32 site);
int xk_native_load(const struct xk_const *c, u32 site, const struct pt_regs *regs, u64 *value);
int xk_native_store(const struct xk_const *c, u32 site, const struct pt_regs *regs, u64 value);
void xk_native_skip(const struct xk_const *c, u32 site, struct pt_regs *regs);

#endif /* XK_NATIVE_H */
