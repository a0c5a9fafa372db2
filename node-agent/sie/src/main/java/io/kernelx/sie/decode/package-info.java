// SPDX-License-Identifier: Apache-2.0
/** Machine code to instructions: widths, actions, flags and fields, never text. */
package io.kernelx.sie.decode;
