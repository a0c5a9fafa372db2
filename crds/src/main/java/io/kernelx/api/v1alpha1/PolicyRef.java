// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A policy's source.
 *
 * @param configMapRef the ConfigMap that holds it
 * @param key the key in that ConfigMap
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PolicyRef(
    @Required ConfigMapRef configMapRef, @Required @Size(min = 1, max = 253) String key) {

  /** A ConfigMap by namespace and name. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ConfigMapRef(
      @Required @Size(min = 1, max = 63) String namespace,
      @Required @Size(min = 1, max = 253) String name) {}
}
