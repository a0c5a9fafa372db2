// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done while all CPUs are stopped. Nothing here sleeps, allocates or
 * takes a lock.
 */
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/stop_machine.h>

#include "xk_internal.h"

static int xk_stopped(void *data)
{
	struct xk_stop *stop = data;
	u64 start = ktime_get_ns();
	int ret = stop->work(stop);

	stop->took_ns = ktime_get_ns() - start;
	return ret;
}

/**
 * xk_stop - stop all CPUs, do one thing, and let them go on
 * @stop: the thing, and what it needs
 *
 * Context: may sleep.
 * Return: what the thing returned.
 */
int xk_stop(struct xk_stop *stop)
{
	struct xk_status *status = &stop->t->status;
	int ret = stop_machine(xk_stopped, stop, NULL);

	mutex_lock(&stop->t->lock);
	status->stops++;
	status->stop_max_us = max_t(u64, status->stop_max_us, stop->took_ns / NSEC_PER_USEC);
	mutex_unlock(&stop->t->lock);
	return ret;
}

static void xk_look_at(struct xk_stop *stop, struct task_struct *task)
{
	unsigned long address;

	if (xk_task_inside(stop->t->spans, task, &address))
		xk_found_add(stop->look, task, address);
}

/* Calls for every task; in a stop. */
static int xk_all_tasks(struct xk_stop *stop, int (*one)(struct xk_stop *, struct task_struct *))
{
	struct task_struct *process, *task;
	u32 i;
	int ret = 0;

	for_each_process_thread(process, task) {
		if (!ret && !xk_task_gone(task))
			ret = one(stop, task);
	}
	for (i = 0; !ret && i < xk_exiting_count(); i++) {
		task = xk_exiting_task(i);
		if (!xk_task_gone(task))
			ret = one(stop, task);
	}
	return ret;
}

static int xk_count_and_look(struct xk_stop *stop, struct task_struct *task)
{
	stop->count++;
	xk_look_at(stop, task);
	return 0;
}

/**
 * xk_work_global - a look at everybody and, if nobody is inside, the flip
 * @stop: @look gets who is inside, @count how many were looked at
 *
 * Return: 0 if it flipped, EAGAIN, or ECANCELED if the file was closed.
 */
int xk_work_global(struct xk_stop *stop)
{
	struct xk_transition *t = stop->t;

	if (READ_ONCE(t->closed))
		return -ECANCELED;
	if (xk_exits_lost())
		return -EAGAIN;
	xk_all_tasks(stop, xk_count_and_look);
	xk_look_at(stop, &init_task);
	if (stop->look->count)
		return -EAGAIN;
	t->status.epoch = xk_transition_show(t->c, XK_SHOW_NEW, t->active, t->value, t->mode, NULL);
	return 0;
}

static int xk_add_slot(struct xk_stop *stop, struct task_struct *task)
{
	struct xk_slot *slot = xk_view_slot(stop->view, task), *before;

	if (slot->task)
		return 0;
	if (stop->count == stop->room)
		return -E2BIG;
	stop->count++;
	slot->task = get_task_struct(task);
	slot->side = XK_SIDE_OLD;
	if (stop->t->view) {
		before = xk_view_slot(stop->t->view, task);
		slot->side = before->task ? before->side : stop->t->view->rest;
	}
	return 0;
}

/**
 * xk_work_show - give every task a slot in a view and show it to the probes
 * @stop: @view the view, empty, with @room slots for tasks
 *
 * Return: 0; E2BIG if there are more tasks; EAGAIN; ECANCELED if the file was
 * closed and the view would lead forth.
 */
int xk_work_show(struct xk_stop *stop)
{
	struct xk_transition *t = stop->t;
	int ret;

	if (stop->view->rest == XK_SIDE_NEW && READ_ONCE(t->closed))
		return -ECANCELED;
	if (xk_exits_lost())
		return -EAGAIN;
	ret = xk_all_tasks(stop, xk_add_slot);
	if (ret)
		return ret;
	xk_transition_show(t->c, XK_SHOW_BOTH, t->active, t->value, t->mode, stop->view);
	WRITE_ONCE(t->view, stop->view);
	return 0;
}

/**
 * xk_work_slice - look at some tasks, and let those go over that are outside
 * @stop: @slots, @count of them; @look gets who is inside
 *
 * Return: 0.
 */
int xk_work_slice(struct xk_stop *stop)
{
	unsigned long address;
	u32 i;

	for (i = 0; i < stop->count; i++) {
		struct xk_slot *slot = stop->slots[i];

		if (slot->side == stop->t->view->rest || xk_task_gone(slot->task))
			continue;
		if (xk_task_inside(stop->t->spans, slot->task, &address))
			xk_found_add(stop->look, slot->task, address);
		else
			xk_task_move(stop->t, slot);
	}
	return 0;
}

/**
 * xk_work_settle - when all tasks have gone over: everybody, and no view
 * @stop: @look gets the idle task if that is inside
 *
 * Return: 0 if it is done, EAGAIN, or ECANCELED if the file was closed.
 */
int xk_work_settle(struct xk_stop *stop)
{
	struct xk_transition *t = stop->t;
	bool forth = t->view->rest == XK_SIDE_NEW;

	if (forth && READ_ONCE(t->closed))
		return -ECANCELED;
	/* On the way back the idle task and interrupts have seen nothing but OLD. */
	if (forth)
		xk_look_at(stop, &init_task);
	if (stop->look->count)
		return -EAGAIN;
	t->status.epoch = xk_transition_show(t->c, forth ? XK_SHOW_NEW : XK_SHOW_OLD,
					     t->active, t->value, t->mode, NULL);
	return 0;
}

/**
 * xk_task_move - let a task see what its transition's view is going to
 * @t: the transition
 * @slot: the slot of the current task, or of any while all CPUs are stopped
 */
void xk_task_move(struct xk_transition *t, struct xk_slot *slot)
{
	u64 us = ktime_us_delta(ktime_get(), t->start);

	slot->moved_us = min_t(u64, us, XK_GONE - 1);
	WRITE_ONCE(slot->side, t->view->rest);
}
