// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.kernel.InlineAssembly;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
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
    return assemble(InlineAssembly.marked(assembly(text, options)));
  }

  /** Returns the compiler's assembly of a text. */
  public static String assembly(String text, String... options) {
    List<String> words = new ArrayList<>(KERNEL_OPTIONS);
    words.addAll(List.of(options));
    words.addAll(List.of("-x", "c", "-S", "-", "-o", "-"));
    return run(words, text);
  }

  /** Makes an object from assembly. */
  public static Bytes assemble(String assembly) {
    try {
      Path folder = Files.createTempDirectory("kernelx-test");
      Path object = folder.resolve("unit.o");
      run(List.of("-x", "assembler", "-c", "-", "-o", object.toString()), assembly);
      Bytes bytes = Bytes.of(Files.readAllBytes(object));
      Files.delete(object);
      Files.delete(folder);
      return bytes;
    } catch (IOException e) {
      throw new AssertionError("the object cannot be read", e);
    }
  }

  private static String run(List<String> options, String input) {
    List<String> words = new ArrayList<>(List.of(compiler()));
    words.addAll(options);
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      Thread writer = Thread.ofVirtual().start(() -> give(process, input));
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      writer.join();
      if (process.waitFor() != 0) {
        throw new AssertionError("the test's C does not compile: " + output);
      }
      return output;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("the compiler cannot be run", e);
    }
  }

  private static void give(Process process, String input) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String compiler() {
    return Stream.of("/usr/bin/x86_64-linux-gnu-gcc-12", "/usr/bin/gcc-12", "/usr/bin/gcc")
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("gcc is not installed"));
  }
}
