// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What came out, as the operator took it from the builders' reports.
 *
 * @param phase how far it is
 * @param plan the plan in canonical JSON
 * @param planDigest the plan's digest
 * @param values one entry for each value that was looked at
 * @param builtBy the builders whose plan this is
 * @param duration how long the builder took
 * @param refusal why there is no plan
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record KernelBuildStatus(
    BuildPhase phase,
    String plan,
    String planDigest,
    List<BuiltValue> values,
    List<String> builtBy,
    String duration,
    BuildRefusal refusal) {

  public KernelBuildStatus {
    values = values == null ? List.of() : List.copyOf(values);
    builtBy = builtBy == null ? List.of() : List.copyOf(builtBy);
  }
}
