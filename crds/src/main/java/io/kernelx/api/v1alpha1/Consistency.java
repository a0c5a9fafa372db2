// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * How the change becomes visible.
 *
 * @param mode the guarantee
 * @param timeout how long a transition may take; Immediate transitions never wait
 * @param onStall what becomes of a transition that does not finish in time
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Consistency(
    @Required @JsonPropertyDescription("Immediate, PerTask or Global.") ConsistencyMode mode,
    @JsonPropertyDescription("How long a transition may take.")
        @Size(max = 32)
        @ValidationRule(
            value =
                "self.matches('^([0-9]{1,10}ms|[0-9]{1,7}s|[0-9]{1,5}m|[0-9]{1,3}h)+$')"
                    + " && duration(self) > duration('0s')"
                    + " && duration(self) <= duration('576h')",
            message =
                "consistency.timeout must be a duration such as 500ms, 5s or 2m, of 24 days (576h)"
                    + " at most")
        String timeout,
    @JsonPropertyDescription("Revert (also when absent) or Keep.") OnStall onStall) {}
