// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.kernel.InlineAssembly;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.ObjectReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes objects that hold one function, {@code f}, from AT&amp;T assembly. */
public final class Assembler {

  private static final Decoder DECODER = new Decoder();

  private Assembler() {}

  public static CodeObject assemble(String body) throws IOException {
    Path folder = Files.createTempDirectory("kernelx-as");
    Path object = folder.resolve("a.o");
    try {
      Process as =
          new ProcessBuilder("as", "--64", "-o", object.toString(), "-")
              .redirectErrorStream(true)
              .start();
      try (OutputStream in = as.getOutputStream()) {
        String text = ".text\n.globl f\n.type f, @function\nf:\n" + body + "\n.size f, . - f\n";
        in.write(InlineAssembly.marked(text).getBytes(StandardCharsets.UTF_8));
      }
      String said = new String(as.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!said.isEmpty()) {
        throw new IllegalArgumentException(said);
      }
      return new ObjectReader(DECODER).read(Bytes.of(Files.readAllBytes(object)));
    } finally {
      Files.deleteIfExists(object);
      Files.delete(folder);
    }
  }
}
