// SPDX-License-Identifier: Apache-2.0
/** The live text of the kernel, and its comparison with what the compiler made. */
package io.kernelx.runtime.text;
