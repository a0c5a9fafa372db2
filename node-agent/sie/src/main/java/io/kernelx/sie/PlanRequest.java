// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.kernel.KernelRequest;
import java.util.List;

/**
 * What to plan.
 *
 * @param definition the tunable
 * @param kernel the kernel it is for
 * @param values the values to prove, beside those that the plan is found with: numbers, or C
 *     integer constant expressions such as {@code HZ / 5}, which mean what they mean where the
 *     constant is used
 */
public record PlanRequest(Definition definition, KernelRequest kernel, List<String> values) {
  public PlanRequest {
    values = List.copyOf(values);
  }
}
