// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

/**
 * A variable or table of the object.
 *
 * @param name the symbol
 * @param section where it stands
 * @param offset in the section
 * @param size in bytes
 * @param global whether other units can see it
 */
public record DataSymbol(String name, String section, long offset, long size, boolean global) {}
