// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/**
 * How plans are made.
 *
 * @param trust whose plan a node loads; {@code Shared} when absent
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record BuildOptions(
    @JsonPropertyDescription("Shared (also when absent), PerNode or Quorum.") BuildTrust trust) {}
