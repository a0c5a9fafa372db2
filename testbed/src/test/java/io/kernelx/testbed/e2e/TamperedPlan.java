// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kernelx.api.v1alpha1.BuildReport;
import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.BuiltValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A plan as it would be if it had been made from another text: whole, with a right digest. */
final class TamperedPlan {

  /** An instruction byte that no kernel of these tests has where it is put. */
  private static final String MARK = "6b";

  private TamperedPlan() {}

  static String withOneByteFlipped(String plan) {
    JsonNode tree = read(plan);
    JsonNode site = tree.at("/sites/0");
    String text = text(tree, site.path("function").asText());
    // The byte at the site's own span: in no relocation, and nothing that the kernel rewrites.
    int at = 2 * site.path("spanStart").asInt();
    String altered = text.substring(0, at) + MARK + text.substring(at + 2);
    return resealed(plan.replace(text, altered), tree.path("digest").asText());
  }

  static boolean isAltered(String plan) {
    JsonNode tree = read(plan);
    JsonNode site = tree.at("/sites/0");
    int at = 2 * site.path("spanStart").asInt();
    return text(tree, site.path("function").asText()).startsWith(MARK, at);
  }

  static BuildReport reporting(BuildReport report, String plan) {
    BuildReportStatus was = report.getStatus();
    String digest = read(plan).path("digest").asText();
    List<BuiltValue> values =
        was.values().stream()
            .map(v -> new BuiltValue(v.value(), v.number(), v.form(), digest, v.refusal()))
            .toList();
    report.setStatus(
        new BuildReportStatus(
            was.phase(), plan, digest, values, was.observedValues(), was.duration(), null));
    return report;
  }

  private static JsonNode read(String plan) {
    try {
      return new ObjectMapper().readTree(plan);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the plan is no JSON", e);
    }
  }

  private static String text(JsonNode plan, String function) {
    for (JsonNode candidate : plan.path("functions")) {
      if (candidate.path("name").asText().equals(function)) {
        return candidate.path("text").asText();
      }
    }
    throw new IllegalStateException("the plan holds no text of " + function);
  }

  private static String resealed(String plan, String oldDigest) {
    String field = ",\"digest\":\"" + oldDigest + "\"";
    if (!plan.endsWith(field + "}")) {
      throw new IllegalStateException("the plan does not end with its digest");
    }
    String body = plan.substring(0, plan.length() - field.length() - 1) + "}";
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
      return plan.substring(0, plan.length() - field.length() - 1)
          + ",\"digest\":\"sha256:"
          + HexFormat.of().formatHex(hash)
          + "\"}";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the Java runtime lacks SHA-256", e);
    }
  }
}
