// SPDX-License-Identifier: Apache-2.0
/** Aligns versions of a function on decoded instructions and yields where they differ. */
package io.kernelx.sie.diff;
