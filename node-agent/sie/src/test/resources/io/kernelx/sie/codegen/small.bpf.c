/* SPDX-License-Identifier: GPL-2.0-only */
/* Stub sha256:6926824a241026a6165ccf5cac494c2513997bd0c14596d11b6e8d63a4de7739 */
#include "xk.bpf.h"

XK_SITE(0)
{
	__u64 w0 = (((__u64)(((__u64)(__u8)R(cx)) < 1ULL)) ? (-V) : 0ULL) + (2ULL * V);

	xk_write(ctx, 0, XK_REG_ax, 16, w0);
	return 0;
}

XK_LICENSE;
