// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of cases from the field names tests, and each of them is there. */
class FieldCasesTest {
  private static final Path PROJECT = Path.of("../..");
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  @Test
  void eachNamedTestIsThere() throws IOException {
    Map<String, String> tests = tests();
    List<String> named = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    var matcher = NAMED.matcher(Files.readString(PROJECT.resolve("docs/field-cases.md")));
    while (matcher.find()) {
      named.add(matcher.group());
      String method = "\\bvoid " + matcher.group(2) + "\\(";
      String text = tests.getOrDefault(matcher.group(1), "");
      if (!Pattern.compile(method).matcher(text).find()) {
        missing.add(matcher.group());
      }
    }
    assertThat(named).isNotEmpty();
    assertThat(missing).isEmpty();
  }

  @Test
  void eachCaseNamesATest() throws IOException {
    assertThat(Files.readAllLines(PROJECT.resolve("docs/field-cases.md")))
        .filteredOn(l -> l.startsWith("| ") && !l.equals("| case | tests |"))
        .isNotEmpty()
        .allMatch(l -> NAMED.matcher(l).find());
  }

  private static Map<String, String> tests() throws IOException {
    Map<String, String> texts = new HashMap<>();
    for (String module : List.of("node-agent/sie", "node-agent/runtime", "node-agent/agent")) {
      try (Stream<Path> all = Files.walk(PROJECT.resolve(module).resolve("src/test/java"))) {
        for (Path file : all.filter(f -> f.toString().endsWith("Test.java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          texts.merge(name, Files.readString(file), String::concat);
        }
      }
    }
    return texts;
  }
}
