// SPDX-License-Identifier: GPL-2.0-only
/* All of xk-kfuncs as one unit: nodes build it, and the kernel's headers are most of the work. */
#include "xk_kfuncs.c"
#include "xk_bpf.c"
#include "xk_host.c"
#include "xk_line.c"
#include "xk_native.c"
#include "xk_operand.c"
