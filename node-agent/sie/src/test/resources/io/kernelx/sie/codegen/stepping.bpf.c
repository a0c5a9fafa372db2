/* SPDX-License-Identifier: GPL-2.0-only */
/* Stub sha256:b42f1f1fb431aa60ec67c679c29dc55e0a331ba2512f59aa68abf468f0492cdf */
#include "xk.bpf.h"

XK_SITE(0)
{
	__u64 mem = 0;

	if (!xk_load(ctx, 0, mem))
		return 0;

	__u64 w0 = mem + V;
	__u64 w1 = (__u64)(((__u64)(__u32)(mem + V)) < ((__u64)(__u32)V));

	if (!xk_store(ctx, 0, w0))
		return 0;
	xk_write(ctx, 0, XK_REG_flags, 64, w1);
	xk_skip(ctx, 0);
	return 0;
}

XK_LICENSE;
