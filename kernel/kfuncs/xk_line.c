// SPDX-License-Identifier: GPL-2.0-only
/* What a hit sees while tasks go over from one value to another one by one. */
#include <linux/export.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "xk_abi.h"
#include "xk_line.h"
#include "xk_transition.h"

/*
 * Whether a probe runs in the context of a task, whose own value counts. The
 * handler of a breakpoint is entered like an NMI, so that much is taken off. A
 * jump-optimised probe in a real NMI is not told apart from it.
 */
static bool xk_for_task(void)
{
	unsigned int count = preempt_count();

	if (count & NMI_MASK)
		count -= NMI_OFFSET + HARDIRQ_OFFSET;
	if (count & (NMI_MASK | HARDIRQ_MASK))
		return false;
	/* Softirqs of a real-time kernel run, and are preempted, as tasks do. */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT) && (count & SOFTIRQ_OFFSET))
		return false;
	return !is_idle_task(current);
}

/**
 * xk_line_between - the value of a hit during a PerTask transition
 * @line: the constant's state
 * @state: as read from it, with XK_STATE_MOVING set
 *
 * Context: a probe's handler, with preemption off.
 */
struct xk_seen xk_line_between(const struct xk_line *line, u32 state)
{
	/* Pairs with the release in xk_transition_show(). */
	struct xk_view *view = smp_load_acquire(&line->view);
	struct xk_seen seen = {};
	u8 side = XK_SIDE_OLD;

	if (view && xk_for_task()) {
		struct xk_slot *slot = xk_view_slot(view, current);

		side = slot->task ? READ_ONCE(slot->side) : view->rest;
	}
	if (state & (side == XK_SIDE_NEW ? XK_STATE_NEW : XK_STATE_OLD)) {
		seen.value = side == XK_SIDE_NEW ? READ_ONCE(line->new_value) :
						   READ_ONCE(line->old_value);
		seen.active = true;
	}
	return seen;
}
EXPORT_SYMBOL_GPL(xk_line_between);
