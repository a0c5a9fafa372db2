/* SPDX-License-Identifier: GPL-2.0-only */
/* Stub sha256:a32046f080a78776f7fa6cb0c563ab93e49eefc397d1f2345b792e50e90c101f */
#include "xk.bpf.h"

XK_SITE(0)
{
	__u64 w0 = (((__u64)(((__u64)(__u8)R(cx)) < 1ULL)) ? (-V) : 0ULL) + (2ULL * V);

	xk_write(ctx, 0, XK_REG_ax, 16, w0);
	return 0;
}

XK_LICENSE;
