// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;

/**
 * What the user asks for.
 *
 * @param constant which constant
 * @param value the value: a decimal integer of 64 bits, or a C integer constant expression
 * @param policy a policy that chooses the value, in place of {@code value}
 * @param consistency how the change becomes visible; there is no default, because the weaker modes
 *     give weaker guarantees
 * @param nodeSelector the nodes; an empty selector is all x86-64 nodes
 * @param kernels where not empty, only nodes whose kernel has one of these releases or build-ids
 * @param rollout how the change goes from node to node
 * @param activation whether nodes are changed; {@code Enforce} when absent
 * @param deletionPolicy what becomes of the nodes on deletion; {@code Revert} when absent
 * @param build whose plans are trusted; {@code Shared} when absent
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
    value = "has(self.value) != has(self.policy)",
    message = "give exactly one of value and policy")
public record KernelTunableSpec(
    @Required
        @JsonPropertyDescription(
            "Which constant: a name from the catalogue, or an inline definition.")
        ConstantRef constant,
    @SchemaFrom(type = IntOrString.class)
        @JsonPropertyDescription(
            "The value: an integer (write those beyond 2^63-1 as a string), or a C integer constant"
                + " expression such as \"HZ / 5\".")
        @ValidationRule(
            value =
                "type(self) == int || (size(self) > 0 && size(self) <= 256 &&"
                    + " string(self).matches('^[-+*/%<>&|^~!?:() 0-9A-Za-z_]+$'))",
            message =
                "value must be an integer or a C integer constant expression of at most 256"
                    + " characters")
        String value,
    @JsonPropertyDescription("A policy that chooses the value, in place of value.")
        PolicyRef policy,
    @Required @JsonPropertyDescription("How the change becomes visible to tasks.")
        Consistency consistency,
    @Required @JsonPropertyDescription("The nodes; {} selects all x86-64 nodes.")
        LabelSelector nodeSelector,
    @JsonPropertyDescription("Only nodes whose kernel has one of these releases or build-ids.")
        @Size(max = 64)
        @ValidationRule(
            value = "self.all(k, size(k) > 0 && size(k) <= 128)",
            message =
                "each entry of kernels is a kernel release or a build-id of at most 128 characters")
        List<@Size(min = 1, max = 128) String> kernels,
    @JsonPropertyDescription("How the change goes from node to node.") Rollout rollout,
    @JsonPropertyDescription("Enforce (also when absent) changes nodes; DryRun makes plans only.")
        Activation activation,
    @JsonPropertyDescription("Revert (also when absent) or Orphan.") DeletionPolicy deletionPolicy,
    @JsonPropertyDescription("How plans are made.") BuildOptions build) {

  public KernelTunableSpec {
    kernels = kernels == null ? List.of() : List.copyOf(kernels);
  }
}
