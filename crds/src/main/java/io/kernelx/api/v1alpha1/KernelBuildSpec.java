// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * What is asked of the builders.
 *
 * @param kernel the kernel
 * @param constant the constant's name
 * @param definition the definition in TOML
 * @param definitionDigest {@code sha256:<hex>} over {@code definition}'s text
 * @param plannerVersion the version of the compiler that must make the plan
 * @param values the values to prove, decimal
 * @param builders who shall build: names of nodes, or of external builders
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
    value =
        "self.kernel == oldSelf.kernel && self.constant == oldSelf.constant && self.definition =="
            + " oldSelf.definition && self.definitionDigest == oldSelf.definitionDigest &&"
            + " self.plannerVersion == oldSelf.plannerVersion",
    message =
        "a KernelBuild is for one kernel, definition and planner; only values and builders change")
public record KernelBuildSpec(
    @Required Kernel kernel,
    @Required @Size(min = 1, max = 128) String constant,
    @Required @Size(min = 1, max = 16384) String definition,
    @Required @Size(min = 1, max = 128) String definitionDigest,
    @Required @Size(min = 1, max = 64) String plannerVersion,
    @Required @Size(min = 1, max = 1024)
        List<@Size(max = 21) @Pattern("^-?(0|[1-9][0-9]*)$") String> values,
    @Required @Size(max = 16) List<@Size(min = 1, max = 253) String> builders) {

  public KernelBuildSpec {
    values = values == null ? List.of() : List.copyOf(values);
    builders = builders == null ? List.of() : List.copyOf(builders);
  }

  /**
   * A kernel, as its nodes report it.
   *
   * @param release as {@code uname -r} has it
   * @param buildId hexadecimal
   * @param arch as Kubernetes names it
   * @param compiler from {@code /proc/version}
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Kernel(
      @Required @Size(min = 1, max = 128) String release,
      @Required @Size(min = 1, max = 128) String buildId,
      @Required @Size(min = 1, max = 32) String arch,
      @Size(max = 512) String compiler) {}
}
