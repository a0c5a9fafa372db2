// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that the module runs itself, from probes of its own. The kernel's
 * way to a program leads through perf's events and costs more than most
 * programs do, and it passes a program over while a map of whatever program is
 * changed on that processor. That protects maps that have locks; so a program
 * is run here only if it has no other maps than arrays, which have none.
 *
 * Probes and programs belong to the constant, stay when the process that gave
 * them is gone, and go when they are taken away or the constant is destroyed.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/kprobes.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "xk_internal.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)

/**
 * struct xk_hosted - a site's program
 * @probe: at the site
 * @prog: run on each hit while the constant is not at its compiled value
 * @line: the constant's
 */
struct xk_hosted {
	struct kprobe probe;
	struct bpf_prog *prog;
	const struct xk_line *line;
};

/* With what the kernel measures of programs when it is told to. */
static noinline void xk_hosted_measured(const struct bpf_prog *prog, struct pt_regs *regs)
{
	bpf_prog_run(prog, regs);
}

/* Each hit comes by here: no instruction more than needed. */
static int __no_stack_protector xk_hosted_hit(struct kprobe *p, struct pt_regs *regs)
{
	struct xk_hosted *h = container_of(p, struct xk_hosted, probe);
	struct bpf_trace_run_ctx run_ctx;
	struct bpf_run_ctx *old;
	unsigned long ip = regs->ip;

	/* The program looks again, with what orders its reads. */
	if (!READ_ONCE(h->line->state))
		return 0;
	run_ctx.bpf_cookie = 0;
	run_ctx.is_uprobe = false;
	old = bpf_set_run_ctx(&run_ctx.run_ctx);
	if (static_branch_unlikely(&bpf_stats_enabled_key))
		xk_hosted_measured(h->prog, regs);
	else
		bpf_dispatcher_nop_func(regs, h->prog->insnsi, h->prog->bpf_func);
	bpf_reset_run_ctx(old);
	return regs->ip != ip;
}

static bool xk_hostable(const struct bpf_prog *prog)
{
	bool arrays = true;
	u32 i;

	if (prog->sleepable || prog->kprobe_override || prog->expected_attach_type)
		return false;
	mutex_lock(&prog->aux->used_maps_mutex);
	for (i = 0; i < prog->aux->used_map_cnt; i++) {
		enum bpf_map_type type = prog->aux->used_maps[i]->map_type;

		arrays &= type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
	}
	mutex_unlock(&prog->aux->used_maps_mutex);
	return arrays;
}

/** xk_host_attach - XK_IOC_ATTACH; under xk_lock */
int xk_host_attach(const struct xk_attach *req)
{
	struct xk_const *c = xa_load(&xk_constants, req->id);
	struct bpf_prog *prog;
	struct xk_hosted *h;
	int ret;

	if (!c)
		return -ENOENT;
	if (req->reserved || req->site >= c->site_count)
		return -EINVAL;
	if (c->native || c->claimed || (c->line.state & XK_STATE_NEW))
		return -EBUSY;
	if (!c->hosted)
		c->hosted = kcalloc(c->site_count, sizeof(*c->hosted), GFP_KERNEL_ACCOUNT);
	if (!c->hosted)
		return -ENOMEM;
	h = &c->hosted[req->site];
	if (h->prog)
		return -EEXIST;
	prog = bpf_prog_get_type_dev((int)req->program, BPF_PROG_TYPE_KPROBE, false);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	ret = -EOPNOTSUPP;
	if (!xk_hostable(prog))
		goto put;
	*h = (struct xk_hosted){
		.probe.addr = (kprobe_opcode_t *)(unsigned long)c->sites[req->site].addr,
		.probe.pre_handler = xk_hosted_hit,
		.prog = prog,
		.line = &c->line,
	};
	ret = register_kprobe(&h->probe);
	if (!ret)
		return 0;
	h->prog = NULL;
	/* EINVAL is the answer to a request that is wrong in itself. */
	if (ret == -EINVAL)
		ret = -EILSEQ;
put:
	bpf_prog_put(prog);
	return ret;
}

/** xk_host_detach - take all programs of a constant away that there are */
void xk_host_detach(struct xk_const *c)
{
	u32 i;

	if (!c->hosted)
		return;
	for (i = 0; i < c->site_count; i++) {
		struct xk_hosted *h = &c->hosted[i];

		if (!h->prog)
			continue;
		unregister_kprobe(&h->probe);
		bpf_prog_put(h->prog);
	}
	kfree(c->hosted);
	c->hosted = NULL;
}

/** xk_host_read - what there is of a constant's programs */
void xk_host_read(const struct xk_const *c, struct xk_probes *req)
{
	u32 i;

	req->probes = 0;
	req->missed = 0;
	for (i = 0; c->hosted && i < c->site_count; i++) {
		if (!c->hosted[i].prog)
			continue;
		req->probes++;
		req->missed += READ_ONCE(c->hosted[i].probe.nmissed);
	}
}

#else

int xk_host_attach(const struct xk_attach *req)
{
	return -EOPNOTSUPP;
}

void xk_host_detach(struct xk_const *c)
{
}

void xk_host_read(const struct xk_const *c, struct xk_probes *req)
{
	req->probes = 0;
	req->missed = 0;
}

#endif
