// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.List;

/**
 * Where a command's answer goes.
 *
 * @param out takes the answer
 * @param err takes progress and errors
 */
record Output(PrintWriter out, PrintWriter err) {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  void json(Object value) {
    try {
      out.println(JSON.writeValueAsString(value));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns JSON text as a tree, for putting it into other JSON. */
  static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }

  void progress(String text) {
    err.println(text);
    err.flush();
  }

  /** Prints rows in columns that are as wide as they need to be; the first row is the head. */
  void table(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] width = new int[columns];
    for (List<String> row : rows) {
      for (int c = 0; c < columns; c++) {
        width[c] = Math.max(width[c], row.get(c).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        text.append(row.get(c)).append(" ".repeat(width[c] - row.get(c).length() + 2));
      }
      out.println(text.toString().stripTrailing());
    }
    out.flush();
  }
}
