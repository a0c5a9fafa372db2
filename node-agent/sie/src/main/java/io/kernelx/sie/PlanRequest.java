// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.kernel.KernelRequest;
import java.math.BigInteger;
import java.util.List;

/**
 * What to plan.
 *
 * @param definition the tunable
 * @param kernel the kernel it is for
 * @param values the values to prove, beside those that the plan is found with
 */
public record PlanRequest(Definition definition, KernelRequest kernel, List<BigInteger> values) {
  public PlanRequest {
    values = List.copyOf(values);
  }
}
