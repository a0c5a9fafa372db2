/* SPDX-License-Identifier: GPL-2.0-only */
/* The state line of a constant, and how a probe reads it. */
#ifndef XK_LINE_H
#define XK_LINE_H

#include <linux/cache.h>
#include <linux/types.h>

struct xk_view;

/**
 * struct xk_line - what a probe reads on a hit: one cache line
 * @old_value: the value before the last flip
 * @new_value: the value since the last flip
 * @epoch: number of flips
 * @mode: enum xk_mode of the last flip
 * @state: XK_STATE_*; @new_value counts only with XK_STATE_NEW set
 * @view: which task sees which value, with XK_STATE_MOVING set
 */
struct xk_line {
	u64 old_value;
	u64 new_value;
	u64 epoch;
	u32 mode;
	u32 state;
	struct xk_view *view;
} ____cacheline_aligned;

/**
 * struct xk_seen - the value that a hit sees
 * @value: the value
 * @active: whether there is one other than the compiled one
 */
struct xk_seen {
	u64 value;
	bool active;
};

struct xk_seen xk_line_between(const struct xk_line *line, u32 state);

#endif /* XK_LINE_H */
