// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * The answer.
 *
 * @param phase how far it is
 * @param plan the plan in canonical JSON
 * @param planDigest the plan's digest
 * @param values one entry for each value that was looked at
 * @param observedValues the values of the KernelBuild that this answer is about
 * @param duration how long it took, a duration
 * @param refusal why there is no plan
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record BuildReportStatus(
    BuildPhase phase,
    String plan,
    String planDigest,
    List<BuiltValue> values,
    List<String> observedValues,
    String duration,
    BuildRefusal refusal) {

  public BuildReportStatus {
    values = values == null ? List.of() : List.copyOf(values);
    observedValues = observedValues == null ? List.of() : List.copyOf(observedValues);
  }
}
