// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Keeps, for one constant on one kernel, what does not depend on a value: the units that it reaches
 * and their texts. Safe between threads and between processes.
 */
final class UnitTexts {
  /** Part of the cache key; changes when what is kept does. */
  private static final String GENERATION = "1";

  private static final String FILE = "units";

  private static final Charset NAME = StandardCharsets.UTF_8;

  /** Bytes stand for characters one to one, as everywhere with sources. */
  private static final Charset SOURCE = StandardCharsets.ISO_8859_1;

  private final Path cache;

  /**
   * @param cache the folder of all constants
   */
  UnitTexts(Path cache) {
    this.cache = cache;
  }

  /**
   * A unit and its text as the compiler's preprocessor prints it.
   *
   * @param digest SHA-256 of the text in hexadecimal
   */
  record Preprocessed(UnitCommand unit, String text, String digest) {
    static Preprocessed of(UnitCommand unit, String text) {
      return new Preprocessed(unit, text, Digests.ofTexts(text));
    }
  }

  /**
   * Returns what was made before, or makes it.
   *
   * @param kernel which the units belong to
   * @param definition the constant's, by its digest
   */
  List<Preprocessed> get(
      PreparedKernel kernel, String definition, Supplier<List<Preprocessed>> maker) {
    String key = Digests.ofTexts(GENERATION, kernel.build().toString(), definition);
    Path folder = CacheEntry.get(cache.resolve(key), f -> write(f.resolve(FILE), maker.get()));
    try (InputStream file = Files.newInputStream(folder.resolve(FILE))) {
      return read(new DataInputStream(new InflaterInputStream(file)));
    } catch (IOException e) {
      throw new UncheckedIOException("the texts in %s cannot be read".formatted(folder), e);
    }
  }

  private static void write(Path path, List<Preprocessed> units) throws IOException {
    Deflater fast = new Deflater(Deflater.BEST_SPEED);
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(path));
        DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(file, fast))) {
      out.writeInt(units.size());
      for (Preprocessed p : units) {
        text(out, p.unit().unit(), NAME);
        text(out, p.unit().module(), NAME);
        out.writeInt(p.unit().arguments().size());
        for (String argument : p.unit().arguments()) {
          text(out, argument, NAME);
        }
        text(out, p.digest(), NAME);
        text(out, p.text(), SOURCE);
      }
    } finally {
      fast.end();
    }
  }

  private static List<Preprocessed> read(DataInputStream in) throws IOException {
    List<Preprocessed> units = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      String unit = text(in, NAME);
      String module = text(in, NAME);
      List<String> arguments = new ArrayList<>();
      int words = in.readInt();
      for (int k = 0; k < words; k++) {
        arguments.add(text(in, NAME));
      }
      String digest = text(in, NAME);
      units.add(
          new Preprocessed(new UnitCommand(unit, module, arguments), text(in, SOURCE), digest));
    }
    return units;
  }

  private static void text(DataOutputStream out, String text, Charset charset) throws IOException {
    byte[] bytes = text.getBytes(charset);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in, Charset charset) throws IOException {
    return new String(in.readNBytes(in.readInt()), charset);
  }
}
