// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Compiles C texts the way the kernel is compiled, for tests. */
public final class CompiledC {
  private static final List<String> KERNEL_OPTIONS =
      List.of(
          "-O2",
          "-g0",
          "-fno-PIE",
          "-mcmodel=kernel",
          "-mno-red-zone",
          "-mno-sse",
          "-fcf-protection=branch",
          "-fno-jump-tables",
          "-falign-jumps=1",
          "-falign-loops=1",
          "-mindirect-branch=thunk-extern",
          "-mindirect-branch-register",
          "-mfunction-return=thunk-extern",
          "-mharden-sls=all",
          "-pg",
          "-mfentry",
          "-mrecord-mcount",
          "-fno-asynchronous-unwind-tables",
          "-fno-stack-protector",
          "-w");

  private CompiledC() {}

  /** Compiles a text; the test fails if that does not work. */
  public static Bytes compile(String text, String... options) {
    try {
      Path folder = Files.createTempDirectory("kernelx-test");
      Path object = folder.resolve("unit.o");
      List<String> words = new ArrayList<>(List.of(compiler()));
      words.addAll(KERNEL_OPTIONS);
      words.addAll(List.of(options));
      words.addAll(List.of("-x", "c", "-c", "-", "-o", object.toString()));
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String errors = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError("the test's C does not compile: " + errors);
      }
      Bytes bytes = Bytes.of(Files.readAllBytes(object));
      Files.delete(object);
      Files.delete(folder);
      return bytes;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("the compiler cannot be run", e);
    }
  }

  private static String compiler() {
    return Stream.of("/usr/bin/x86_64-linux-gnu-gcc-12", "/usr/bin/gcc-12", "/usr/bin/gcc")
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("gcc is not installed"));
  }
}
