/* SPDX-License-Identifier: GPL-2.0-only */
/* In the place of a plan's sites: one that uses all that those may use. */
#include "xk_probe.h"

XK_SITE(0)
{
	__u64 mem = 0;

	if (!xk_load(ctx, 0, mem))
		return 0;
	if (!xk_store(ctx, 0, mem + V))
		return 0;
	xk_write(ctx, 0, XK_REG_ax, 64, R(ax));
	xk_skip(ctx, 0);
	return 0;
}

XK_HANDLERS(
	xk_hit_0);
