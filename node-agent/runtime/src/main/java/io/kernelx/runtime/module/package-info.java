// SPDX-License-Identifier: Apache-2.0
/** xk-kfuncs.ko: built for this kernel, loaded, and spoken to through its device. */
package io.kernelx.runtime.module;
