// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;

/**
 * What became of one value.
 *
 * @param value as it was asked for
 * @param number what it is as a number, decimal
 * @param form Closed or Observed; absent when refused
 * @param digest the digest of the plan that holds it; absent when refused
 * @param refusal why this value is not in the plan
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record BuiltValue(
    @Required String value, String number, String form, String digest, BuildRefusal refusal) {}
