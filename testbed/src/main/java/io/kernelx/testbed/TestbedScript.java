// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the script of this checkout as a child process. Safe for use by several threads. */
public final class TestbedScript implements TestbedCommand {

  private final Path script;
  private final Map<String, String> environment;

  /**
   * @param script {@code testbed/bin/testbed} of a checkout
   * @param environment variables that the script sees besides this process' own
   */
  public TestbedScript(Path script, Map<String, String> environment) {
    this.script = script;
    this.environment = Map.copyOf(environment);
  }

  /**
   * The script of the checkout that holds the working directory.
   *
   * @return its path
   * @throws IllegalStateException outside of a checkout
   */
  public static Path ofThisCheckout() {
    Path start = Path.of("").toAbsolutePath();
    return Stream.iterate(start, folder -> folder != null, Path::getParent)
        .map(folder -> folder.resolve("testbed/bin/testbed"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no testbed/bin/testbed above " + start + "; run the tests inside a checkout"));
  }

  @Override
  public Outcome run(List<String> arguments, Duration limit) {
    try {
      return runOrThrow(arguments, limit);
    } catch (IOException e) {
      throw new UncheckedIOException("testbed " + arguments + " could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while testbed " + arguments + " ran", e);
    }
  }

  private Outcome runOrThrow(List<String> arguments, Duration limit)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("testbed", ".out");
    Path err = Files.createTempFile("testbed", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
                  Stream.concat(Stream.of(script.toString()), arguments.stream()).toList())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
        throw new IllegalStateException(
            "testbed %s did not end within %s:%n%s"
                .formatted(arguments, limit, Files.readString(err)));
      }
      return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }
}
