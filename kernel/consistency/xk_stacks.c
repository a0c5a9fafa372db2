// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a task is inside a span: every frame of its stack is looked at, and a
 * stack that cannot be read to its end counts as inside.
 */
#include <linux/bsearch.h>
#include <linux/err.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/uaccess.h>
#include <asm/unwind.h>

#include "xk_internal.h"

static int xk_span_order(const void *a, const void *b)
{
	const struct xk_span *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int xk_span_holds(const void *key, const void *element)
{
	unsigned long address = *(const unsigned long *)key;
	const struct xk_span *span = element;

	return address < span->start ? -1 : address >= span->end;
}

/**
 * xk_spans_copy - take spans over from user space
 * @req: says where they are; they may overlap and come in any order
 *
 * Return: the spans, to be freed with kvfree(), or EINVAL, EFAULT, ENOMEM.
 */
struct xk_spans *xk_spans_copy(const struct xk_start *req)
{
	struct xk_spans *spans;
	u32 i, last;
	int ret;

	if (!req->span_count || req->span_count > XK_SPANS_MAX ||
	    req->span_size < sizeof(struct xk_span) || req->span_size > PAGE_SIZE)
		return ERR_PTR(-EINVAL);
	spans = kvzalloc(struct_size(spans, span, req->span_count), GFP_KERNEL_ACCOUNT);
	if (!spans)
		return ERR_PTR(-ENOMEM);
	spans->count = req->span_count;
	for (i = 0; i < req->span_count; i++) {
		struct xk_span *span = &spans->span[i];

		ret = copy_struct_from_user(span, sizeof(*span),
					    u64_to_user_ptr(req->spans) + (u64)i * req->span_size,
					    req->span_size);
		if (!ret && (span->start >= span->end || span->start < TASK_SIZE_MAX))
			ret = -EINVAL;
		if (ret) {
			kvfree(spans);
			return ERR_PTR(ret);
		}
		cond_resched();
	}
	sort(spans->span, spans->count, sizeof(spans->span[0]), xk_span_order, NULL);
	for (i = 1, last = 0; i < spans->count; i++) {
		if (spans->span[i].start <= spans->span[last].end)
			spans->span[last].end = max(spans->span[last].end, spans->span[i].end);
		else
			spans->span[++last] = spans->span[i];
	}
	spans->count = last + 1;
	return spans;
}

/**
 * xk_task_inside - whether a frame of a task is inside a span
 * @spans: the spans
 * @task: the current task, or any task while all CPUs are stopped
 * @address: where it is inside, or 0 if its stack cannot be read whole
 *
 * A frame above the innermost stands at the call, which is before its return
 * address; one that an interrupt or exception has left stands at that address.
 *
 * Context: any in which @task does not run elsewhere.
 */
bool xk_task_inside(const struct xk_spans *spans, struct task_struct *task,
		    unsigned long *address)
{
	struct unwind_state state;

	/*
	 * Only the stoppers run while all CPUs are stopped, and all of them in
	 * the same functions; the one that asks stands for the others.
	 */
	if (task != current && READ_ONCE(task->on_cpu))
		task = current;
	*address = 0;
	for (unwind_start(&state, task, NULL, NULL);
	     !unwind_done(&state) && !unwind_error(&state);
	     unwind_next_frame(&state)) {
		unsigned long at;

		if (state.regs && user_mode(state.regs))
			return false;
		at = unwind_get_return_address(&state);
		if (!at)
			return true;
		if (!state.signal)
			at--;
		if (bsearch(&at, spans->span, spans->count, sizeof(spans->span[0]),
			    xk_span_holds)) {
			*address = at;
			return true;
		}
	}
	return unwind_error(&state);
}

/**
 * xk_task_gone - whether a task has run its last instruction
 * @task: a task with a reference held
 */
bool xk_task_gone(struct task_struct *task)
{
	return READ_ONCE(task->__state) == TASK_DEAD && !READ_ONCE(task->on_cpu);
}

/**
 * xk_found_add - note a task that is inside
 * @found: the notes
 * @task: the task; a reference is taken
 * @address: as xk_task_inside() gave it
 */
void xk_found_add(struct xk_found *found, struct task_struct *task, unsigned long address)
{
	if (found->count < XK_BLOCKERS_MAX) {
		get_task_struct(task);
		found->task[found->count].task = task;
		found->task[found->count].address = address;
	}
	found->count++;
}

/** xk_found_clear - forget the notes and their references */
void xk_found_clear(struct xk_found *found)
{
	u32 i;

	for (i = 0; i < min_t(u32, found->count, XK_BLOCKERS_MAX); i++)
		put_task_struct(found->task[i].task);
	found->count = 0;
}
