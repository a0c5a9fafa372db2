// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page of figures shows what was measured. */
class PerformanceTablesTest {

  @Test
  void tablesAreMadeFromTheFigures() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of("../scripts/performance-tables").toAbsolutePath().toString(), "--check")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
  }
}
