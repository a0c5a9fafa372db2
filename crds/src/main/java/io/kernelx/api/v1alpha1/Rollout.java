// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;

/**
 * How the change goes from node to node.
 *
 * @param paused true stops all further assignments
 * @param canary the nodes that go first
 * @param maxUnavailable how many nodes may be in transition at one time, a number or a percentage
 * @param maxFailures how many nodes may fail before {@code onFailure} acts, a number or a
 *     percentage
 * @param onFailure what is done then; {@code Pause} when absent
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Rollout(
    @JsonPropertyDescription("True stops all further assignments.") Boolean paused,
    @JsonPropertyDescription("The nodes that go first.") Canary canary,
    @SchemaFrom(type = IntOrString.class)
        @ValidationRule(
            value = "type(self) == int ? self >= 1 : string(self).matches('^(100|[1-9]?[0-9])%$')",
            message =
                "rollout.maxUnavailable must be a number of nodes or a percentage such as 10%")
        @JsonPropertyDescription("How many nodes may be in transition at one time.")
        String maxUnavailable,
    @SchemaFrom(type = IntOrString.class)
        @ValidationRule(
            value = "type(self) == int ? self >= 0 : string(self).matches('^(100|[1-9]?[0-9])%$')",
            message = "rollout.maxFailures must be a number of nodes or a percentage such as 10%")
        @JsonPropertyDescription("How many nodes may fail before onFailure acts.")
        String maxFailures,
    @JsonPropertyDescription("Pause (also when absent) or Rollback.") OnFailure onFailure) {

  /**
   * The nodes that go first.
   *
   * @param nodes how many
   * @param soak how long they must hold before the others follow
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Canary(
      @Required @Min(1) Integer nodes,
      @Size(max = 32)
          @ValidationRule(
              value = "self.matches('^([0-9]+(ms|s|m|h))+$') && duration(self) > duration('0s')",
              message = "rollout.canary.soak must be a duration such as 500ms, 5s or 2m")
          String soak) {}
}
