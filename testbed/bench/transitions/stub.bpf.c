// SPDX-License-Identifier: GPL-2.0-only
/* One site whose write leaves the register as it is: all that is seen of it is what it costs. */
#include "xk.bpf.h"

XK_SITE(0)
{
	xk_write(ctx, 0, XK_REG_ax, 64, R(ax));
	return 0;
}

XK_LICENSE;
