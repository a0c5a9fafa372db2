/* SPDX-License-Identifier: GPL-2.0-only */
#include "xk.bpf.h"

/* blk_add_rq_to_plug: %ax is the limit, %cl whether the plug has several queues. */
XK_SITE(0)
{
	xk_write(ctx, 0, XK_REG_ax, 16, (u8)R(cx) == 0 ? V : 2 * V);
	return 0;
}

/* blk_start_plug_nr_ios: %edx is the most that nr_ios may ask for. */
XK_SITE(1)
{
	xk_write(ctx, 1, XK_REG_dx, 32, V);
	return 0;
}
XK_LICENSE;
