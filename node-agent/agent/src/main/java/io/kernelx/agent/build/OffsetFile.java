// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code *.func_offset.json}: objects with {@code function} and {@code offset}, the latter as
 * {@code "0xNN - 0xMM"}, wherever they stand in the file.
 */
public final class OffsetFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern OFFSET =
      Pattern.compile("\\s*0[xX]([0-9a-fA-F]{1,7})\\s*-\\s*0[xX]([0-9a-fA-F]{1,7})\\s*");
  private static final Pattern SYMBOL = Pattern.compile("[A-Za-z_.$][A-Za-z0-9_.$]{0,511}");
  private static final int SHOWN = 80;

  /**
   * A range of a function.
   *
   * @param function the symbol
   * @param start offset of its first instruction
   * @param end offset of its last instruction, not before {@code start}
   */
  public record Range(String function, int start, int end) {}

  private OffsetFile() {}

  /**
   * Reads a file. Ranges that run backwards are turned round.
   *
   * @param file its name, for messages
   * @param says takes a sentence on each entry that is left out
   */
  static List<Range> read(String text, String file, Consumer<String> says) {
    List<Range> ranges = new ArrayList<>();
    try {
      JsonNode root = JSON.readTree(text);
      if (root.isMissingNode()) {
        says.accept(file + " is empty; it is left out.");
      }
      collect(root, file, says, ranges);
    } catch (JsonProcessingException e) {
      says.accept(
          "%s is no JSON (line %d); it is left out."
              .formatted(file, e.getLocation() == null ? 1 : e.getLocation().getLineNr()));
      return List.of();
    }
    return ranges;
  }

  private static void collect(
      JsonNode node, String file, Consumer<String> says, List<Range> ranges) {
    if (node.isObject() && (node.has("function") || node.has("offset"))) {
      entry(node, file, says, ranges);
    } else {
      node.forEach(child -> collect(child, file, says, ranges));
    }
  }

  private static void entry(JsonNode node, String file, Consumer<String> says, List<Range> ranges) {
    String function = node.path("function").asText("");
    Matcher offset = OFFSET.matcher(node.path("offset").asText(""));
    if (!SYMBOL.matcher(function).matches() || !offset.matches()) {
      String shown = node.toString();
      says.accept(
          "%s holds an entry without a function and an offset such as \"0x10 - 0x2c\": %s; it is left out."
              .formatted(file, shown.substring(0, Math.min(shown.length(), SHOWN))));
      return;
    }
    int a = Integer.parseInt(offset.group(1), 16);
    int b = Integer.parseInt(offset.group(2), 16);
    ranges.add(new Range(function, Math.min(a, b), Math.max(a, b)));
  }
}
