/* SPDX-License-Identifier: GPL-2.0-only */
#include "xk.bpf.h"

/* The plan grants 32 bits of %ebp and nothing else. */
XK_SITE(0)
{
	xk_write(ctx, 0, XK_REG_bp, 64, 0xdeadbeefdeadbeefULL);
	xk_write(ctx, 0, XK_REG_bx, 32, 0);
	xk_write(ctx, 1, XK_REG_bp, 32, 0);
	return 0;
}
XK_LICENSE;
