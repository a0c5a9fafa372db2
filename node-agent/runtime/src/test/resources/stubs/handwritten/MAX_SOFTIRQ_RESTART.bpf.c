/* SPDX-License-Identifier: GPL-2.0-only */
#include "xk.bpf.h"

/* handle_softirqs: %ebp holds the count of restarts, just set. */
XK_SITE(0)
{
	xk_write(ctx, 0, XK_REG_bp, 32, V);
	return 0;
}
XK_LICENSE;
