// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.object.CodeObject;

/**
 * A translation unit compiled with one value.
 *
 * @param value the value, decimal
 * @param object what the compiler made of it
 */
public record UnitVersion(String value, CodeObject object) {}
