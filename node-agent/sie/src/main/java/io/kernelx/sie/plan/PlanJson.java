// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The canonical JSON of plans. Stateless; safe for any number of threads.
 *
 * <p>Canonical means: keys in the order of the records' components, no white space, UTF-8. The
 * digest is {@code sha256:<hex>} over the canonical JSON without the key {@code digest}.
 */
public final class PlanJson {

  /** A plan's text may not be longer than this many characters; real ones have some thousands. */
  public static final int MAX_LENGTH = 4 << 20;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxNumberLength(24)
                          .maxStringLength(MAX_LENGTH)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private PlanJson() {}

  /** Returns the plan's canonical JSON with its digest computed, whatever digest it carries. */
  public static String write(TunablePlan plan) {
    return text(RecordJson.write(withDigest(plan)));
  }

  /** Returns the same plan with the digest that belongs to it. */
  public static TunablePlan withDigest(TunablePlan plan) {
    return plan.withDigest(digest(plan));
  }

  /** Returns {@code sha256:<hex>} over the canonical JSON without {@code digest}. */
  public static String digest(TunablePlan plan) {
    ObjectNode node = RecordJson.write(plan);
    node.remove("digest");
    return sha256(text(node));
  }

  /**
   * Reads a plan that may come from anywhere.
   *
   * @return a plan whose digest is right and whose parts fit together
   * @throws InvalidPlanException when it is not JSON, not of this shape, or its digest is wrong
   */
  public static TunablePlan read(String text) throws InvalidPlanException {
    if (text.length() > MAX_LENGTH) {
      throw new InvalidPlanException("The plan is longer than " + MAX_LENGTH + " characters.");
    }
    JsonNode node;
    try {
      node = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InvalidPlanException("The plan is not JSON: " + firstLine(e) + ".");
    }
    if (node == null || !node.isObject()) {
      throw new InvalidPlanException("The plan must be a JSON object.");
    }
    JsonNode schema = node.get("schema");
    if (schema != null && schema.isInt() && schema.intValue() != TunablePlan.SCHEMA) {
      throw new InvalidPlanException(
          "The plan has schema "
              + schema.intValue()
              + ", but this version reads schema "
              + TunablePlan.SCHEMA
              + " only; plan again with a matching planner.");
    }
    TunablePlan plan = RecordJson.read(node, TunablePlan.class, "");
    String digest = digest(plan);
    if (!digest.equals(plan.digest())) {
      throw new InvalidPlanException(
          "The plan's digest is wrong: it says "
              + shown(plan.digest())
              + ", its content gives "
              + digest
              + ".");
    }
    PlanCheck.check(plan);
    return plan;
  }

  static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String text(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String firstLine(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return shown(message == null ? "unreadable" : message.lines().findFirst().orElse(""));
  }

  private static String shown(String s) {
    return s.length() > 100 ? s.substring(0, 100) + "…" : s;
  }
}
