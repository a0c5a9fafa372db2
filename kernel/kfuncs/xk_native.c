// SPDX-License-Identifier: GPL-2.0-only
/* Constants whose probes a native module has; xk_native.h says how. */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/module.h>

#include "xk_internal.h"
#include "xk_native.h"

/**
 * xk_native_attach - take an inactive constant for a native module
 * @id: the ConstID
 * @sites: how many sites the module has probes for
 * @owner: the module
 *
 * Until xk_native_ready() the constant cannot be made active.
 *
 * Context: may sleep.
 * Return: the constant, or ENOENT, EINVAL for another number of sites, EBUSY if
 * it is active, being moved, another module's, or has programs.
 */
struct xk_const *xk_native_attach(u32 id, u32 sites, struct module *owner)
{
	struct xk_const *c;

	mutex_lock(&xk_lock);
	c = xa_load(&xk_constants, id);
	if (!c)
		c = ERR_PTR(-ENOENT);
	else if (c->site_count != sites)
		c = ERR_PTR(-EINVAL);
	else if (c->native || c->hosted || c->claimed || (c->line.state & XK_STATE_NEW))
		c = ERR_PTR(-EBUSY);
	else
		c->native = owner;
	mutex_unlock(&xk_lock);
	return c;
}
EXPORT_SYMBOL_GPL(xk_native_attach);

/** xk_native_ready - all probes of a constant are in place, and stay there */
void xk_native_ready(struct xk_const *c)
{
	mutex_lock(&xk_lock);
	c->native_ready = true;
	mutex_unlock(&xk_lock);
}
EXPORT_SYMBOL_GPL(xk_native_ready);

/**
 * xk_native_detach - give a constant back, whose probes are gone
 * @c: the constant; afterwards it may be destroyed
 *
 * Context: may sleep.
 */
void xk_native_detach(struct xk_const *c)
{
	mutex_lock(&xk_lock);
	c->native_ready = false;
	c->native = NULL;
	mutex_unlock(&xk_lock);
}
EXPORT_SYMBOL_GPL(xk_native_detach);

/** xk_native_line - what the probes of an attached constant read */
const struct xk_line *xk_native_line(const struct xk_const *c)
{
	return &c->line;
}
EXPORT_SYMBOL_GPL(xk_native_line);

/** xk_native_site - the address of an attached constant's site */
unsigned long xk_native_site(const struct xk_const *c, u32 site)
{
	return c->sites[site].addr;
}
EXPORT_SYMBOL_GPL(xk_native_site);

/**
 * xk_native_load - read the memory operand of an instruction that is stepped over
 * @c: an attached constant
 * @site: the site's number
 * @regs: the probed registers
 * @value: where it goes, zero-extended
 *
 * Context: a probe's handler.
 * Return: 0; -EPERM if reading was not granted there; -EFAULT if there is no
 * kernel memory: then the instruction has to run.
 */
int xk_native_load(const struct xk_const *c, u32 site, const struct pt_regs *regs, u64 *value)
{
	const struct xk_site *s = &c->sites[site];

	if (unlikely(!(s->mem_access & XK_MEM_READ)))
		return -EPERM;
	return xk_operand_load(s, regs, value);
}
EXPORT_SYMBOL_GPL(xk_native_load);

/**
 * xk_native_store - write the memory operand of an instruction that is stepped over
 * @c: an attached constant
 * @site: the site's number
 * @regs: the probed registers
 * @value: the low bits of it are stored
 *
 * Context: a probe's handler.
 * Return: 0; -EPERM if writing was not granted there; -EFAULT if there is no
 * writable kernel memory: then the instruction has to run.
 */
int xk_native_store(const struct xk_const *c, u32 site, const struct pt_regs *regs, u64 value)
{
	const struct xk_site *s = &c->sites[site];

	if (unlikely(!(s->mem_access & XK_MEM_WRITE)))
		return -EPERM;
	return xk_operand_store(s, regs, value);
}
EXPORT_SYMBOL_GPL(xk_native_store);

/**
 * xk_native_skip - step over the probed instruction
 * @c: an attached constant
 * @site: the number of a site that may be stepped over
 * @regs: the probed registers
 *
 * The handler then returns 1.
 */
void xk_native_skip(const struct xk_const *c, u32 site, struct pt_regs *regs)
{
	regs->ip = c->sites[site].addr + c->sites[site].skip;
}
EXPORT_SYMBOL_GPL(xk_native_skip);

/*
 * Keeps the native module of a constant, if it has one, from being unloaded.
 * EBUSY if its probes are not all in place. Under xk_lock.
 */
int xk_native_hold(struct xk_const *c)
{
	if (!c->native || c->native_held)
		return 0;
	if (!c->native_ready || !try_module_get(c->native))
		return -EBUSY;
	c->native_held = true;
	return 0;
}

/* Lets it go if nothing needs its probes any more. Under xk_lock. */
void xk_native_let_go(struct xk_const *c)
{
	if (!c->native_held || c->claimed || (c->line.state & XK_STATE_NEW))
		return;
	c->native_held = false;
	module_put(c->native);
}
