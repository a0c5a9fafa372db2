// SPDX-License-Identifier: GPL-2.0-only
/*
 * A native module: the probes of one constant, which write registers, flags and
 * memory themselves.
 *
 * 1. It attaches to the inactive constant that its parameter names.
 * 2. It puts a probe at each of the constant's sites. None acts: inactive.
 * 3. It says that they are in place. From now on the constant may be flipped
 *    and moved, by whoever, and while it is not at its compiled value the module
 *    cannot be unloaded.
 *
 * What fails is undone, and then the module is not there. Unloading is the
 * reverse. Its process may die at any time: nothing here depends on one.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "xk_probe.h"

struct xk_const *xk_const;
const struct xk_line *xk_line;
DEFINE_PER_CPU(u64, xk_hits);
atomic64_t xk_faults;
atomic64_t xk_denied;

static struct kprobe *xk_probes;
/* As unregister_kprobes() wants them. */
static struct kprobe **xk_each;
/* How many of them are there for who reads the counts; under kernel_param_lock(). */
static unsigned int xk_shown;

static unsigned int id;
module_param(id, uint, 0444);
MODULE_PARM_DESC(id, "the ConstID whose probes these are");

/**
 * xk_done - count what was not done
 * @ret: of xk_native_load() or xk_native_store()
 *
 * Return: whether it was done.
 */
bool xk_done(int ret)
{
	if (unlikely(ret))
		atomic64_inc(ret == -EPERM ? &xk_denied : &xk_faults);
	return !ret;
}

/* Hits, those that did not do all their writes, refused ones, and missed ones. */
static int xk_get_counts(char *buffer, const struct kernel_param *param)
{
	unsigned long missed = 0;
	u64 hits = 0, denied = atomic64_read(&xk_denied);
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu)
		hits += READ_ONCE(per_cpu(xk_hits, cpu));
	for (i = 0; i < xk_shown; i++)
		missed += READ_ONCE(xk_probes[i].nmissed);
	return sprintf(buffer, "%llu %llu %llu %lu\n", hits,
		       denied + atomic64_read(&xk_faults), denied, missed);
}

static const struct kernel_param_ops xk_counts_ops = { .get = xk_get_counts };

module_param_cb(counts, &xk_counts_ops, NULL, 0400);
MODULE_PARM_DESC(counts, "hits, hits not applied, writes refused, hits missed");

static void xk_show(unsigned int count)
{
	kernel_param_lock(THIS_MODULE);
	xk_shown = count;
	kernel_param_unlock(THIS_MODULE);
}

static void xk_remove(unsigned int count)
{
	xk_show(0);
	unregister_kprobes(xk_each, count);
	xk_native_detach(xk_const);
	kfree(xk_each);
	kfree(xk_probes);
}

static int xk_put(unsigned int i)
{
	unsigned long site = xk_native_site(xk_const, i);
	int ret;

	xk_probes[i].addr = (kprobe_opcode_t *)site;
	xk_probes[i].pre_handler = xk_handlers[i];
	xk_each[i] = &xk_probes[i];
	ret = register_kprobe(&xk_probes[i]);
	if (ret)
		pr_info("no probe at %pS: %d\n", (void *)site, ret);
	/* EINVAL is what the loader says of a module that does not fit. */
	return ret == -EINVAL ? -EILSEQ : ret;
}

static int __init xk_init(void)
{
	unsigned int i;
	int ret;

	xk_const = xk_native_attach(id, xk_handler_count, THIS_MODULE);
	if (IS_ERR(xk_const))
		return PTR_ERR(xk_const);
	xk_line = xk_native_line(xk_const);
	xk_probes = kcalloc(xk_handler_count, sizeof(*xk_probes), GFP_KERNEL);
	xk_each = kcalloc(xk_handler_count, sizeof(*xk_each), GFP_KERNEL);
	ret = xk_probes && xk_each ? 0 : -ENOMEM;
	for (i = 0; !ret && i < xk_handler_count; i++)
		ret = xk_put(i);
	if (ret) {
		/* The last one is not there, if it came to any. */
		xk_remove(i ? i - 1 : 0);
		return ret;
	}
	xk_show(xk_handler_count);
	xk_native_ready(xk_const);
	return 0;
}

static void __exit xk_exit(void)
{
	xk_remove(xk_handler_count);
}

module_init(xk_init);
module_exit(xk_exit);
MODULE_DESCRIPTION("KernelX: the probes of one changed constant");
MODULE_LICENSE("GPL");
