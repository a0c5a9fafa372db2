// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * Which build, and who answers.
 *
 * @param kernelBuild the KernelBuild's name
 * @param builder the builder's name, as in the KernelBuild's {@code spec.builders}
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(value = "self == oldSelf", message = "a BuildReport's spec cannot change")
public record BuildReportSpec(
    @Required @Size(min = 1, max = 253) String kernelBuild,
    @Required @Size(min = 1, max = 253) String builder) {}
