/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of xk-consistency know of each other. */
#ifndef XK_INTERNAL_H
#define XK_INTERNAL_H

#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "../kfuncs/xk_abi.h"
#include "../kfuncs/xk_transition.h"
#include "xk_transition_abi.h"

/**
 * struct xk_spans - text in which no task may be
 * @count: number of @span
 * @span: ascending, none touches another
 */
struct xk_spans {
	u32 count;
	struct xk_span span[] __counted_by(count);
};

/**
 * struct xk_blocked - a task that was found inside
 * @task: the task, with a reference held
 * @address: where, or 0 if its stack could not be read
 */
struct xk_blocked {
	struct task_struct *task;
	unsigned long address;
};

/**
 * struct xk_found - the tasks that one look found inside
 * @count: how many
 * @task: the first XK_BLOCKERS_MAX of them
 */
struct xk_found {
	u32 count;
	struct xk_blocked task[XK_BLOCKERS_MAX];
};

/**
 * struct xk_transition - one transition
 * @ref: of the file and of the thread
 * @node: in the list of running ones
 * @per_task: in the list of views that tasks look at when they pass the border
 *	of user mode
 * @c: the constant, held
 * @spans: the text
 * @view: which task sees what; NULL for Global
 * @id: the ConstID
 * @mode: enum xk_mode
 * @active: whether the target is another value than the compiled one
 * @on_stall: enum xk_stall
 * @value: the target
 * @start: when it started
 * @deadline: when its time is over, or KTIME_MAX
 * @owner: the process that started it
 * @changed: waited on for @closed and for ends
 * @closed: the file was closed
 * @lock: protects what follows
 * @status: what is told of it
 * @found: the tasks inside at the last look
 * @stalled: while tasks go back, those for whose sake they do
 */
struct xk_transition {
	struct kref ref;
	struct list_head node;
	struct list_head per_task;
	struct xk_const *c;
	struct xk_spans *spans;
	struct xk_view *view;
	u32 id;
	u32 mode;
	bool active;
	u32 on_stall;
	u64 value;
	ktime_t start;
	ktime_t deadline;
	struct pid *owner;
	wait_queue_head_t changed;
	bool closed;
	struct mutex lock;
	struct xk_status status;
	struct xk_found found;
	struct xk_found stalled;
};

/* xk_slot.moved_us of a task that ended before it moved. */
#define XK_GONE	U32_MAX

/**
 * struct xk_stop - one stop of all CPUs
 * @work: what is done in it, one of xk_work_*()
 * @t: the transition
 * @look: who was found inside
 * @view: a view that is being filled
 * @slots: slots that are looked at
 * @count: of @slots; or of tasks that were looked at, or got a slot
 * @room: of @view
 * @took_ns: how long it took
 */
struct xk_stop {
	int (*work)(struct xk_stop *stop);
	struct xk_transition *t;
	struct xk_found *look;
	struct xk_view *view;
	struct xk_slot **slots;
	u32 count;
	u32 room;
	u64 took_ns;
};

static inline bool xk_ended(u32 state)
{
	return state >= XK_TRANSITION_DONE;
}

/* xk_stacks.c */
struct xk_spans *xk_spans_copy(const struct xk_start *req);
bool xk_task_inside(const struct xk_spans *spans, struct task_struct *task,
		    unsigned long *address);
bool xk_task_gone(struct task_struct *task);
void xk_found_add(struct xk_found *found, struct task_struct *task, unsigned long address);
void xk_found_clear(struct xk_found *found);

/* xk_watch.c */
int xk_exits_watch(void);
void xk_exits_unwatch(void);
void xk_exits_settle(void);
bool xk_exits_lost(void);
u32 xk_exiting_count(void);
struct task_struct *xk_exiting_task(u32 i);
int xk_borders_watch(struct xk_transition *t);
void xk_borders_unwatch(struct xk_transition *t);

/* xk_stop.c */
int xk_stop(struct xk_stop *stop);
int xk_work_global(struct xk_stop *stop);
int xk_work_show(struct xk_stop *stop);
int xk_work_slice(struct xk_stop *stop);
int xk_work_settle(struct xk_stop *stop);
void xk_task_move(struct xk_transition *t, struct xk_slot *slot);

/* xk_consistency.c */
void xk_run(struct xk_transition *t);

/* xk_transition.c */
struct xk_transition *xk_transition_new(void);
void xk_transition_put(struct xk_transition *t);
int xk_transition_start(struct xk_transition *t, const struct xk_start *req);
struct xk_transition *xk_transition_running(u32 id);
u32 xk_transitions_running(void);

#endif /* XK_INTERNAL_H */
