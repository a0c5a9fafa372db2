// SPDX-License-Identifier: GPL-2.0-only
/*
 * xk-consistency: moves a constant of xk-kfuncs from one value to another such
 * that no task computes with a mixture of both inside a safe span.
 *
 * A task is inside if a frame of its stack stands in a span. Stacks of other
 * tasks are read only while all CPUs are stopped; then no probe is in the
 * middle of a hit (hits run with preemption off), no interrupt or softirq is
 * under way, and no task starts, runs or ends. Every frame is looked at; a
 * stack that cannot be read to its end counts as inside.
 *
 * All tasks are: those on the task list, and those that have been taken off it
 * but still run, which xk_watch.c keeps. A task that has not run yet has no
 * frame. A task that has run its last instruction has left. The idle tasks do
 * nothing between stops but loop in the same functions, so the first one's
 * stack stands for all.
 *
 * 1. The constant is claimed: nobody else flips, destroys or moves it.
 * 2. The exits are watched; from here on every task that runs off the task list
 *    is known.
 *
 * Global:
 * 3. All CPUs are stopped. Every task and the idle task is looked at.
 * 4. None inside: the value is flipped, still inside the stop. Done.
 * 5. Else all go on as before; after a pause, longer each time, again from 3,
 *    until the time is over or the file closed: then nothing was changed.
 *
 * PerTask:
 * 6. Memory for a slot per task is allocated; if it turns out too little, more.
 * 7. All CPUs are stopped. Every task gets a slot that says OLD; tasks without
 *    a slot are those that will be born, and see NEW. From now on a probe sees
 *    the side of the task in whose context it runs, and OLD in an interrupt or
 *    in the idle task.
 * 8. A task that enters or leaves a system call reads its own stack, and goes
 *    over to NEW if no frame of it is inside.
 * 9. Sweeps: XK_SLICE tasks at a time that have not gone over are looked at
 *    while all CPUs are stopped; those that are outside go over. Between sweeps
 *    there is a pause, longer each time nobody has gone over.
 * 10. When all have gone over or are gone: all CPUs are stopped; if the idle
 *    task is outside, the value is flipped for everybody, interrupts too, and
 *    probes ask for no task's side any more. Done.
 * 11. The time over (unless it is to go on), or the file closed: the same the
 *    other way round. All CPUs are stopped; every task gets a slot in another
 *    table that says what it saw, tasks to be born see OLD, and from 8 on they
 *    go back to OLD. This has no end but its own, and needs no process; it ends
 *    when the last of them has gone back.
 *
 * Task work is not used for 8: it may be run deep inside the kernel (io_uring
 * does), never runs in kernel threads, and cannot be taken back from a task
 * that sleeps on, which would bind the module to it.
 *
 * Code that runs in NMIs is not protected: a stop does not stop them.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "xk_internal.h"

#define XK_PAUSE_MIN_MS	1
#define XK_PAUSE_MAX_MS	32

/* Places at which the controlling process can be made to die. */
enum xk_step {
	XK_STEP_NONE,
	XK_STEP_STARTED,
	XK_STEP_SHOWN,
	XK_STEP_SWEPT,
	XK_STEP_BEFORE_FLIP,
	XK_STEP_FLIPPED,
	XK_STEP_REVERTING,
};

static uint kill_at;
module_param(kill_at, uint, 0600);
MODULE_PARM_DESC(kill_at, "for tests: kill the process that controls the next transition at this step, once");

static void xk_step(struct xk_transition *t, enum xk_step step)
{
	if (likely(READ_ONCE(kill_at) != step) || cmpxchg(&kill_at, step, 0) != step)
		return;
	kill_pid(t->owner, SIGKILL, 1);
	wait_event_idle_timeout(t->changed, READ_ONCE(t->closed), 30 * HZ);
}

/* What a look has found; one that was broken off leaves the names of the one before. */
static void xk_tell(struct xk_transition *t, struct xk_found *look, u32 tasks, u32 pending,
		    bool whole)
{
	mutex_lock(&t->lock);
	if (!t->status.tasks)
		t->status.inside_first = look->count;
	if (whole || look->count) {
		xk_found_clear(&t->found);
		t->found = *look;
		look->count = 0;
	}
	t->status.tasks = tasks;
	t->status.pending = pending;
	mutex_unlock(&t->lock);
}

static void xk_tell_state(struct xk_transition *t, u32 state, u32 reason)
{
	mutex_lock(&t->lock);
	if (reason)
		t->status.reason = reason;
	t->status.elapsed_us = ktime_us_delta(ktime_get(), t->start);
	WRITE_ONCE(t->status.state, state);
	mutex_unlock(&t->lock);
}

static void xk_end(struct xk_transition *t, u32 state, u32 reason)
{
	xk_transition_release(t->c);
	xk_tell_state(t, state, reason);
	wake_up_all(&t->changed);
}

/* Waits; longer each time. Nothing ends a turning back early. */
static void xk_pause(struct xk_transition *t, bool forth, u32 *ms)
{
	if (forth)
		wait_event_idle_timeout(t->changed, READ_ONCE(t->closed), msecs_to_jiffies(*ms));
	else
		schedule_timeout_idle(msecs_to_jiffies(*ms));
	*ms = min(*ms * 2, XK_PAUSE_MAX_MS);
}

static u32 xk_why_stop(struct xk_transition *t)
{
	if (READ_ONCE(t->closed))
		return XK_REASON_CLOSED;
	if (t->on_stall == XK_STALL_REVERT && ktime_after(ktime_get(), t->deadline))
		return XK_REASON_TIMEOUT;
	return XK_REASON_NONE;
}

static void xk_run_global(struct xk_transition *t, struct xk_found *look)
{
	u32 pause = XK_PAUSE_MIN_MS, why;

	for (;;) {
		struct xk_stop stop = { .work = xk_work_global, .t = t, .look = look };

		xk_exits_settle();
		xk_step(t, XK_STEP_BEFORE_FLIP);
		if (!xk_stop(&stop)) {
			xk_step(t, XK_STEP_FLIPPED);
			xk_tell(t, look, stop.count, 0, true);
			xk_end(t, XK_TRANSITION_DONE, XK_REASON_NONE);
			return;
		}
		xk_tell(t, look, stop.count, look->count, true);
		why = xk_why_stop(t);
		if (why)
			break;
		xk_pause(t, true, &pause);
	}
	xk_end(t, XK_TRANSITION_FAILED, why);
}

static void xk_view_free(struct xk_view *view)
{
	u32 i;

	if (!view)
		return;
	for (i = 0; i <= view->mask; i++) {
		if (view->slots[i].task)
			put_task_struct(view->slots[i].task);
		cond_resched();
	}
	kvfree(view);
}

static u32 xk_count_tasks(void)
{
	struct task_struct *process, *task;
	u32 count = 0;

	rcu_read_lock();
	for_each_process_thread(process, task)
		count++;
	rcu_read_unlock();
	return count + xk_exiting_count();
}

/* Makes a view of all tasks and shows it. Returns 0, ENOMEM or ECANCELED. */
static int xk_show(struct xk_transition *t, u8 rest)
{
	u32 room = 0, pause = XK_PAUSE_MIN_MS;
	int ret;

	for (;;) {
		struct xk_stop stop = { .work = xk_work_show, .t = t };
		u32 slots;

		xk_exits_settle();
		room = max(room * 2, xk_count_tasks() + xk_count_tasks() / 4 + 64);
		slots = roundup_pow_of_two(room * 2);
		stop.view = kvzalloc(struct_size(stop.view, slots, slots), GFP_KERNEL_ACCOUNT);
		if (!stop.view)
			return -ENOMEM;
		stop.view->mask = slots - 1;
		stop.view->rest = rest;
		stop.room = room;
		ret = xk_stop(&stop);
		if (!ret)
			return 0;
		xk_view_free(stop.view);
		if (ret == -ECANCELED)
			return ret;
		if (ret != -E2BIG)
			xk_pause(t, rest == XK_SIDE_NEW, &pause);
	}
}

/* Looks at every task that has not gone over. Returns how many are left. */
static u32 xk_sweep(struct xk_transition *t, struct xk_found *look)
{
	struct xk_slot *slots[XK_SLICE];
	struct xk_stop stop = { .work = xk_work_slice, .t = t, .look = look, .slots = slots };
	struct xk_view *view = t->view;
	u32 i, tasks = 0, pending = 0;
	bool whole = true;

	for (i = 0; i <= view->mask; i++) {
		struct xk_slot *slot = &view->slots[i];

		/* Once it has failed, nobody is moved further. */
		whole = view->rest != XK_SIDE_NEW || stop.count || !xk_why_stop(t);
		if (!whole)
			break;

		if (slot->task && READ_ONCE(slot->side) != view->rest)
			slots[stop.count++] = slot;
		if (stop.count && (stop.count == XK_SLICE || i == view->mask)) {
			xk_stop(&stop);
			stop.count = 0;
			xk_step(t, XK_STEP_SWEPT);
		}
	}
	for (i = 0; i <= view->mask; i++) {
		struct xk_slot *slot = &view->slots[i];

		if (!slot->task)
			continue;
		tasks++;
		if (READ_ONCE(slot->side) == view->rest)
			continue;
		if (xk_task_gone(slot->task)) {
			slot->moved_us = XK_GONE;
			WRITE_ONCE(slot->side, view->rest);
		} else {
			pending++;
		}
	}
	xk_tell(t, look, tasks, pending, whole);
	return pending;
}

/* Steps 8 to 10. Returns why it ended without a flip, or XK_REASON_NONE. */
static u32 xk_move_all(struct xk_transition *t, struct xk_found *look)
{
	bool forth = t->view->rest == XK_SIDE_NEW;
	u32 pause = XK_PAUSE_MIN_MS, pending, last = U32_MAX, why;

	for (;;) {
		pending = xk_sweep(t, look);
		if (!pending) {
			struct xk_stop stop = { .work = xk_work_settle, .t = t, .look = look };

			if (forth)
				xk_step(t, XK_STEP_BEFORE_FLIP);
			if (!xk_stop(&stop))
				return XK_REASON_NONE;
			xk_tell(t, look, t->status.tasks, look->count, true);
		}
		why = forth ? xk_why_stop(t) : XK_REASON_NONE;
		if (why)
			return why;
		if (pending < last)
			pause = XK_PAUSE_MIN_MS;
		last = pending;
		xk_pause(t, forth, &pause);
	}
}

static int xk_u32_order(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static void xk_measure(struct xk_transition *t)
{
	struct xk_view *view = t->view;
	u32 *times = kvmalloc_array(t->status.tasks + 1, sizeof(*times), GFP_KERNEL_ACCOUNT);
	u32 i, count = 0;

	if (!times)
		return;
	for (i = 0; i <= view->mask && count < t->status.tasks; i++) {
		if (view->slots[i].task && view->slots[i].moved_us &&
		    view->slots[i].moved_us != XK_GONE)
			times[count++] = view->slots[i].moved_us;
	}
	if (count) {
		sort(times, count, sizeof(*times), xk_u32_order, NULL);
		mutex_lock(&t->lock);
		t->status.task_us_min = times[0];
		t->status.task_us_p50 = times[(count - 1) / 2];
		t->status.task_us_p99 = times[(u64)(count - 1) * 99 / 100];
		t->status.task_us_max = times[count - 1];
		mutex_unlock(&t->lock);
	}
	kvfree(times);
}

/* Keeps the names of those who stalled it while others, who go back, are named, or tells them again. */
static void xk_keep_stalled(struct xk_transition *t, bool again)
{
	mutex_lock(&t->lock);
	if (again) {
		xk_found_clear(&t->found);
		t->found = t->stalled;
		t->stalled.count = 0;
	} else {
		t->stalled = t->found;
		t->found.count = 0;
	}
	mutex_unlock(&t->lock);
}

static void xk_run_per_task(struct xk_transition *t, struct xk_found *look)
{
	struct xk_view *first = NULL;
	u32 why = XK_REASON_NO_MEMORY, pause = XK_PAUSE_MIN_MS;
	int ret;

	ret = xk_show(t, XK_SIDE_NEW);
	if (ret) {
		xk_end(t, XK_TRANSITION_FAILED,
		       ret == -ECANCELED ? XK_REASON_CLOSED : XK_REASON_NO_MEMORY);
		return;
	}
	xk_step(t, XK_STEP_SHOWN);
	ret = xk_borders_watch(t);
	if (!ret)
		why = xk_move_all(t, look);
	if (why) {
		first = t->view;
		xk_keep_stalled(t, false);
		xk_tell_state(t, XK_TRANSITION_REVERTING, why);
		while (xk_show(t, XK_SIDE_OLD))
			xk_pause(t, false, &pause);
		xk_step(t, XK_STEP_REVERTING);
		xk_move_all(t, look);
		xk_keep_stalled(t, true);
	} else {
		xk_step(t, XK_STEP_FLIPPED);
	}
	xk_measure(t);
	xk_end(t, why ? XK_TRANSITION_REVERTED : XK_TRANSITION_DONE, why);
	if (!ret)
		xk_borders_unwatch(t);
	else
		synchronize_rcu();
	xk_view_free(first);
	xk_view_free(t->view);
	t->view = NULL;
}

/**
 * xk_run - run a transition to its end
 * @t: one that was started
 *
 * Context: a thread of its own.
 */
void xk_run(struct xk_transition *t)
{
	struct xk_found *look = kzalloc(sizeof(*look), GFP_KERNEL_ACCOUNT);

	xk_step(t, XK_STEP_STARTED);
	if (!look || xk_exits_watch()) {
		xk_end(t, XK_TRANSITION_FAILED, XK_REASON_NO_MEMORY);
	} else {
		if (t->mode == XK_MODE_GLOBAL)
			xk_run_global(t, look);
		else
			xk_run_per_task(t, look);
		xk_exits_unwatch();
	}
	kfree(look);
}
