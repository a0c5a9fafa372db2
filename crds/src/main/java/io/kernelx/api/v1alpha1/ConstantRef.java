// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * Names a constant.
 *
 * @param name a constant of the catalogue
 * @param definition a definition in TOML, as the catalogue's files have it
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
    value = "has(self.name) != has(self.definition)",
    message = "give exactly one of constant.name and constant.definition")
@ValidationRule(
    value = "has(self.name) == has(oldSelf.name) && (!has(self.name) || self.name == oldSelf.name)",
    message =
        "constant.name cannot change: delete this tunable and create another one for the other"
            + " constant")
public record ConstantRef(
    @JsonPropertyDescription("A constant of the catalogue.")
        @Size(min = 1, max = 128)
        @ValidationRule(
            value = "self.matches('^[A-Za-z_][A-Za-z0-9_]*$')",
            message = "constant.name must be an identifier, such as BLK_MAX_REQUEST_COUNT")
        String name,
    @JsonPropertyDescription("An inline definition in TOML, as the catalogue has it.")
        @Size(min = 1, max = 16384)
        String definition) {}
