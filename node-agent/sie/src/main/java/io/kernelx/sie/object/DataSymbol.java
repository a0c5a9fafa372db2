// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

/**
 * A variable or table of the object.
 *
 * @param name the symbol
 * @param section where it stands
 * @param offset in the section
 * @param size in bytes
 */
public record DataSymbol(String name, String section, long offset, long size) {}
