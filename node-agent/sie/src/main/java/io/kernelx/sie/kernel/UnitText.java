// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

/**
 * A unit with its text.
 *
 * @param unit the unit
 * @param text everything that the compiler reads, and where the constant stands in it
 * @param digest of the text as the kernel has it, SHA-256 in hexadecimal
 */
record UnitText(UnitCommand unit, VariantText text, String digest) {}
