// SPDX-License-Identifier: GPL-2.0-only
/*
 * A transition from its request to its end: what it holds, and its thread.
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "xk_internal.h"

static DEFINE_MUTEX(xk_running_lock);
static LIST_HEAD(xk_running);

static int xk_thread(void *data)
{
	struct xk_transition *t = data;

	xk_run(t);
	mutex_lock(&xk_running_lock);
	list_del_init(&t->node);
	mutex_unlock(&xk_running_lock);
	xk_transition_put(t);
	module_put_and_kthread_exit(0);
}

/** xk_transition_new - a transition that has not started, or NULL */
struct xk_transition *xk_transition_new(void)
{
	struct xk_transition *t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);

	if (!t)
		return NULL;
	kref_init(&t->ref);
	INIT_LIST_HEAD(&t->node);
	mutex_init(&t->lock);
	init_waitqueue_head(&t->changed);
	return t;
}

static void xk_transition_free(struct kref *ref)
{
	struct xk_transition *t = container_of(ref, struct xk_transition, ref);

	xk_found_clear(&t->found);
	xk_found_clear(&t->stalled);
	put_pid(t->owner);
	kvfree(t->spans);
	kfree(t);
}

/** xk_transition_put - drop a reference */
void xk_transition_put(struct xk_transition *t)
{
	kref_put(&t->ref, xk_transition_free);
}

/**
 * xk_transition_start - begin
 * @t: a new transition; its owner's lock is held
 * @req: what to do
 *
 * Context: a process with the module's file open.
 * Return: 0, or an error as struct xk_start says; then it may be tried again.
 */
int xk_transition_start(struct xk_transition *t, const struct xk_start *req)
{
	struct task_struct *thread;
	struct xk_spans *spans;
	struct xk_const *c;

	if (t->status.state != XK_TRANSITION_IDLE)
		return -EALREADY;
	if (req->flags || req->action > XK_ACTIVATE || req->on_stall > XK_STALL_KEEP ||
	    (req->mode != XK_MODE_PER_TASK && req->mode != XK_MODE_GLOBAL))
		return -EINVAL;
	spans = xk_spans_copy(req);
	if (IS_ERR(spans))
		return PTR_ERR(spans);
	c = xk_transition_claim(req->id, req->epoch);
	if (IS_ERR(c)) {
		kvfree(spans);
		return PTR_ERR(c);
	}
	thread = kthread_create(xk_thread, t, "xk_move/%u", req->id);
	if (IS_ERR(thread)) {
		xk_transition_release(c);
		kvfree(spans);
		return PTR_ERR(thread);
	}
	t->c = c;
	t->spans = spans;
	t->id = req->id;
	t->mode = req->mode;
	t->active = req->action == XK_ACTIVATE;
	t->value = req->value;
	t->on_stall = req->on_stall;
	t->owner = get_pid(task_tgid(current));
	t->start = ktime_get();
	t->deadline = req->timeout_ms ? ktime_add_ms(t->start, req->timeout_ms) : KTIME_MAX;
	t->status.id = req->id;
	t->status.mode = req->mode;
	t->status.state = XK_TRANSITION_RUNNING;
	/* The open file holds the module, so this cannot fail. */
	__module_get(THIS_MODULE);
	kref_get(&t->ref);
	mutex_lock(&xk_running_lock);
	list_add_tail(&t->node, &xk_running);
	mutex_unlock(&xk_running_lock);
	wake_up_process(thread);
	return 0;
}

/**
 * xk_transition_running - find the running transition of a constant
 * @id: the ConstID
 *
 * Return: it, with a reference, or NULL.
 */
struct xk_transition *xk_transition_running(u32 id)
{
	struct xk_transition *t, *found = NULL;

	mutex_lock(&xk_running_lock);
	list_for_each_entry(t, &xk_running, node) {
		if (t->id == id && !xk_ended(READ_ONCE(t->status.state))) {
			found = t;
			kref_get(&t->ref);
			break;
		}
	}
	mutex_unlock(&xk_running_lock);
	return found;
}

/** xk_transitions_running - how many have not ended */
u32 xk_transitions_running(void)
{
	struct xk_transition *t;
	u32 count = 0;

	mutex_lock(&xk_running_lock);
	list_for_each_entry(t, &xk_running, node)
		count += !xk_ended(READ_ONCE(t->status.state));
	mutex_unlock(&xk_running_lock);
	return count;
}
