// SPDX-License-Identifier: Apache-2.0
/** ELF relocatable objects: functions, relocations, and everything the kernel patches by itself. */
package io.kernelx.sie.object;
