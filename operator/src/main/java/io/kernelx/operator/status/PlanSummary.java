// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads from a plan what people want to see of it. */
public final class PlanSummary {

  private static final int MAX_LENGTH = 120;

  private final ObjectMapper json = new ObjectMapper();

  /**
   * Returns what the plan writes at its sites, each different expression once; null when there is
   * no plan, or no room for it in one line.
   */
  public String expression(String plan) {
    if (plan == null) {
      return null;
    }
    Set<String> expressions = new LinkedHashSet<>();
    try {
      for (JsonNode site : json.readTree(plan).path("sites")) {
        for (JsonNode write : site.path("writes")) {
          expressions.add(write.path("expression").asText(""));
        }
      }
    } catch (JsonProcessingException e) {
      return null;
    }
    expressions.remove("");
    String line = String.join("; ", expressions);
    return line.isEmpty() || line.length() > MAX_LENGTH ? null : line;
  }
}
