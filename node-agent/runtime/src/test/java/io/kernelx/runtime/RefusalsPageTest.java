// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.runtime.RuntimeRefusedException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The page of refusals lists what a node may say, each with what it means and the mend. */
class RefusalsPageTest {

  @Test
  void pageListsEveryReason() throws IOException {
    assertThat(
            Files.readAllLines(Path.of("../../docs/refusals.md")).stream()
                .dropWhile(line -> !line.equals("## When loading"))
                .filter(line -> line.matches("\\| `\\w+` \\| [^|]+ \\| [^|]+ \\|"))
                .map(line -> line.replaceFirst("\\| `(\\w+)` \\|.*", "$1")))
        .containsExactlyElementsOf(Arrays.stream(Reason.values()).map(Reason::text).toList());
  }
}
