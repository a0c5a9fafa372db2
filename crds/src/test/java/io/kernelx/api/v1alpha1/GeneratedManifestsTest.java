// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the committed manifests to the Java types. After a change of the types, {@code mvn -pl crds
 * test -Dkernelx.crds.write=true} writes them anew.
 */
class GeneratedManifestsTest {

  private static final Path COMMITTED = Path.of("generated");

  @Test
  void committedManifestsAreTheGeneratedOnes(@TempDir Path scratch) throws IOException {
    Map<String, String> generated = GeneratedManifests.generate(scratch);
    if (Boolean.getBoolean("kernelx.crds.write")) {
      for (var manifest : generated.entrySet()) {
        Files.writeString(COMMITTED.resolve(manifest.getKey()), manifest.getValue());
      }
    }
    Map<String, String> committed = new TreeMap<>();
    try (var files = Files.list(COMMITTED)) {
      for (Path file : files.toList()) {
        committed.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    assertThat(committed)
        .as(
            "crds/generated differs from the Java types; run: mvn -pl crds test"
                + " -Dkernelx.crds.write=true")
        .isEqualTo(generated);
    assertThat(generated).hasSize(4);
  }

  @Test
  void noFieldHasADefault(@TempDir Path scratch) throws IOException {
    assertThat(GeneratedManifests.generate(scratch).values())
        .noneMatch(text -> text.contains("default:"));
  }
}
