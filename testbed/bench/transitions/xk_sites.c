/* SPDX-License-Identifier: GPL-2.0-only */
/* What stub.bpf.c does, for a native module. */
#include "xk_probe.h"

XK_SITE(0)
{
	xk_write(ctx, 0, XK_REG_ax, 64, R(ax));
	return 0;
}

XK_HANDLERS(xk_hit_0);
