// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two things that the engine is told of while it works: tasks that exit,
 * and tasks that pass the border of user mode.
 *
 * An exiting task goes off the task list while it still runs, so whoever walks
 * that list does not see it. From its tracepoint on it is kept here until it is
 * gone. Those that were past the tracepoint before the watch began are waited
 * for with synchronize_rcu_tasks(), which ends after their last instruction.
 * The same mends a pool that was too small.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/rculist.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>

#include "xk_internal.h"

static unsigned int exiting_max = 8192;
module_param(exiting_max, uint, 0444);
MODULE_PARM_DESC(exiting_max, "exiting tasks to keep in mind; with more, a flip waits for a grace period");

static DEFINE_MUTEX(xk_watch_lock);
static struct tracepoint *xk_exit_point, *xk_enter_point, *xk_leave_point;

/* Tasks past their exit's tracepoint. */
static DEFINE_RAW_SPINLOCK(xk_exiting_lock);
static struct task_struct **xk_exiting;
static u32 xk_exiting_used;
static u32 xk_exits_dropped, xk_exits_mended;
static u32 xk_exit_watchers;

/* PerTask transitions whose tasks look after themselves. */
static LIST_HEAD(xk_per_task);

static void xk_find_point(struct tracepoint *point, void *unused)
{
	if (!strcmp(point->name, "sched_process_exit"))
		xk_exit_point = point;
	else if (!strcmp(point->name, "sys_enter"))
		xk_enter_point = point;
	else if (!strcmp(point->name, "sys_exit"))
		xk_leave_point = point;
}

static void xk_on_exit(void *data, struct task_struct *task)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&xk_exiting_lock, flags);
	if (xk_exiting_used < exiting_max)
		xk_exiting[xk_exiting_used++] = get_task_struct(task);
	else
		WRITE_ONCE(xk_exits_dropped, xk_exits_dropped + 1);
	raw_spin_unlock_irqrestore(&xk_exiting_lock, flags);
}

/* Drops those that are gone, or all of them. */
static void xk_exits_purge(bool all)
{
	struct task_struct *gone[32];
	unsigned long flags;
	u32 i = 0, count;

	do {
		u32 looked = 0;

		count = 0;
		raw_spin_lock_irqsave(&xk_exiting_lock, flags);
		while (i < xk_exiting_used && count < ARRAY_SIZE(gone) && looked++ < 256) {
			if (all || xk_task_gone(xk_exiting[i])) {
				gone[count++] = xk_exiting[i];
				xk_exiting[i] = xk_exiting[--xk_exiting_used];
			} else {
				i++;
			}
		}
		looked = i < xk_exiting_used;
		raw_spin_unlock_irqrestore(&xk_exiting_lock, flags);
		while (count)
			put_task_struct(gone[--count]);
		if (!looked)
			break;
		cond_resched();
	} while (true);
}

/**
 * xk_exits_watch - be told of tasks that exit
 *
 * Context: may sleep, for as long as an RCU-tasks grace period takes if nobody
 * watched before; when it returns every task that is off the task list and
 * still runs is known.
 * Return: 0, ENOMEM, or ENODEV if this kernel has no such tracepoint.
 */
int xk_exits_watch(void)
{
	int ret = 0;

	mutex_lock(&xk_watch_lock);
	if (!xk_exit_watchers) {
		if (!xk_exit_point)
			for_each_kernel_tracepoint(xk_find_point, NULL);
		ret = -ENODEV;
		if (!xk_exit_point || !xk_enter_point || !xk_leave_point)
			goto out;
		ret = -ENOMEM;
		xk_exiting = kvcalloc(exiting_max, sizeof(xk_exiting[0]), GFP_KERNEL_ACCOUNT);
		if (!xk_exiting)
			goto out;
		xk_exits_mended = xk_exits_dropped;
		ret = tracepoint_probe_register(xk_exit_point, xk_on_exit, NULL);
		if (ret) {
			kvfree(xk_exiting);
			goto out;
		}
		synchronize_rcu_tasks();
	}
	xk_exit_watchers++;
out:
	mutex_unlock(&xk_watch_lock);
	return ret;
}

/** xk_exits_unwatch - the opposite of xk_exits_watch(); may sleep */
void xk_exits_unwatch(void)
{
	mutex_lock(&xk_watch_lock);
	if (!--xk_exit_watchers) {
		tracepoint_probe_unregister(xk_exit_point, xk_on_exit, NULL);
		tracepoint_synchronize_unregister();
		xk_exits_purge(true);
		kvfree(xk_exiting);
	}
	mutex_unlock(&xk_watch_lock);
}

/**
 * xk_exits_settle - forget exiting tasks that are gone
 *
 * Context: may sleep, long if some were lost.
 */
void xk_exits_settle(void)
{
	u32 dropped;

	xk_exits_purge(false);
	if (!xk_exits_lost())
		return;
	mutex_lock(&xk_watch_lock);
	dropped = READ_ONCE(xk_exits_dropped);
	if (dropped != xk_exits_mended) {
		synchronize_rcu_tasks();
		WRITE_ONCE(xk_exits_mended, dropped);
	}
	mutex_unlock(&xk_watch_lock);
}

/** xk_exits_lost - whether there may be exiting tasks that are not known */
bool xk_exits_lost(void)
{
	return READ_ONCE(xk_exits_dropped) != READ_ONCE(xk_exits_mended);
}

/** xk_exiting_count - number of known exiting tasks; steady while all CPUs are stopped */
u32 xk_exiting_count(void)
{
	return READ_ONCE(xk_exiting_used);
}

/** xk_exiting_task - one of them, while all CPUs are stopped */
struct task_struct *xk_exiting_task(u32 i)
{
	return xk_exiting[i];
}

/* On the way into a system call or out of one: moves itself, if nothing of it is inside. */
static void xk_on_border(void)
{
	struct xk_transition *t;
	unsigned long address;

	list_for_each_entry_rcu(t, &xk_per_task, per_task, rcu_read_lock_sched_held()) {
		struct xk_view *view = READ_ONCE(t->view);
		struct xk_slot *slot = xk_view_slot(view, current);

		if (slot->task && READ_ONCE(slot->side) != view->rest &&
		    !xk_task_inside(t->spans, current, &address))
			xk_task_move(t, slot);
	}
}

static void xk_on_enter(void *data, struct pt_regs *regs, long id)
{
	xk_on_border();
}

static void xk_on_leave(void *data, struct pt_regs *regs, long ret)
{
	xk_on_border();
}

/**
 * xk_borders_watch - let tasks move a transition's view along by themselves
 * @t: a transition with a view
 *
 * Context: may sleep.
 */
int xk_borders_watch(struct xk_transition *t)
{
	int ret = 0;

	mutex_lock(&xk_watch_lock);
	if (list_empty(&xk_per_task)) {
		ret = tracepoint_probe_register(xk_enter_point, xk_on_enter, NULL);
		if (!ret) {
			ret = tracepoint_probe_register(xk_leave_point, xk_on_leave, NULL);
			if (ret)
				tracepoint_probe_unregister(xk_enter_point, xk_on_enter, NULL);
		}
	}
	if (!ret)
		list_add_rcu(&t->per_task, &xk_per_task);
	mutex_unlock(&xk_watch_lock);
	return ret;
}

/**
 * xk_borders_unwatch - when it returns nobody looks at the transition any more
 * @t: a transition that xk_borders_watch() was called for
 *
 * Context: may sleep.
 */
void xk_borders_unwatch(struct xk_transition *t)
{
	mutex_lock(&xk_watch_lock);
	list_del_rcu(&t->per_task);
	if (list_empty(&xk_per_task)) {
		tracepoint_probe_unregister(xk_enter_point, xk_on_enter, NULL);
		tracepoint_probe_unregister(xk_leave_point, xk_on_leave, NULL);
	}
	mutex_unlock(&xk_watch_lock);
	tracepoint_synchronize_unregister();
}
