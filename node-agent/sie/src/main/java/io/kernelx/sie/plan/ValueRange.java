// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

/**
 * A closed range of values, decimal strings.
 *
 * @param min the least value allowed
 * @param max the greatest value allowed
 */
public record ValueRange(String min, String max) {}
