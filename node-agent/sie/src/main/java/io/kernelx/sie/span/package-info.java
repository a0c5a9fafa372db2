// SPDX-License-Identifier: Apache-2.0
/** Where a thread may not stand while the value changes, and where derived values get away. */
package io.kernelx.sie.span;
