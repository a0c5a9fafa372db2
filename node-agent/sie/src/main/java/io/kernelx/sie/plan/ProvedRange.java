// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

/**
 * Values for all of which the plan's expressions were proved at once.
 *
 * @param min the smallest, decimal
 * @param max the largest, decimal
 * @param proof the strongest means that the proof needed
 */
public record ProvedRange(String min, String max, PlannedValue.Proof proof) {}
