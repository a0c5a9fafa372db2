/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What xk-kfuncs offers the transition engine (xk-consistency): to hold a
 * constant, and to change what its probes see while the machine stands still.
 *
 * xk_transition_show() may be called from a stop_machine() function alone: no
 * probe is in the middle of a hit then, as a hit runs with preemption off.
 */
#ifndef XK_TRANSITION_H
#define XK_TRANSITION_H

#include <linux/hash.h>
#include <linux/sched.h>
#include <linux/types.h>

struct xk_const;

enum xk_side {
	XK_SIDE_OLD,
	XK_SIDE_NEW,
};

/**
 * struct xk_slot - a task of a view
 * @task: the task, with a reference held; NULL in a free slot
 * @moved_us: when it came to the view's @rest, in microseconds from the start
 * @side: the value that it sees, enum xk_side
 */
struct xk_slot {
	struct task_struct *task;
	u32 moved_us;
	u8 side;
};

/**
 * struct xk_view - which task sees which value
 * @mask: number of slots, a power of two, less one
 * @rest: what tasks without a slot see, and where those with one are going
 * @slots: a hash table that is filled before anybody sees it; afterwards only
 *	@side and @moved_us change, by the task itself or while all CPUs stand
 */
struct xk_view {
	u32 mask;
	u8 rest;
	struct xk_slot slots[];
};

/**
 * xk_view_slot - a task's slot, or the free one that it would get
 */
static inline struct xk_slot *xk_view_slot(struct xk_view *view,
					   const struct task_struct *task)
{
	u32 i = hash_ptr(task, 32) & view->mask;

	while (view->slots[i].task && view->slots[i].task != task)
		i = (i + 1) & view->mask;
	return &view->slots[i];
}

/* What xk_transition_show() makes probes see. */
enum xk_show {
	XK_SHOW_BOTH,		/* each task its own side of a view */
	XK_SHOW_NEW,		/* everybody the new value */
	XK_SHOW_OLD,		/* everybody the value before, as if nothing had been */
};

struct xk_const *xk_transition_claim(u32 id, u64 epoch);
void xk_transition_release(struct xk_const *c);
u64 xk_transition_show(struct xk_const *c, enum xk_show show, bool active,
		       u64 value, u32 mode, struct xk_view *view);

#endif /* XK_TRANSITION_H */
