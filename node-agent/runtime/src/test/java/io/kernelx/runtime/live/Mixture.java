// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.module.Transition.Span;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The test module that detects mixtures: its device, its counters, its addresses. */
final class Mixture {
  static final long PASS_A = 0;
  static final long PASS_B = 1;
  static final long GATE_A = 2;
  static final long DEEP_A = 3;
  static final long SPIN_A = 4;
  static final long BLIND = 11;
  static final int ORIGINAL = 10;

  private static final Path PARAMETERS = Path.of("/sys/module/xk_mixture/parameters");

  private final TreeMap<Long, String> module = new TreeMap<>(Long::compareUnsigned);
  private final List<Span> padding = new ArrayList<>();

  /** Reads the module's symbols, and those of 200 paddings between functions, which never run. */
  Mixture() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/kallsyms"))) {
      lines
          .filter(l -> l.endsWith("]") || padding.size() < 200)
          .forEach(
              line -> {
                if (!line.endsWith("[xk_mixture]") && !line.contains(" __pfx_")) {
                  return;
                }
                String[] words = line.split("[ \t]+");
                long address = Long.parseUnsignedLong(words[0], 16);
                if (words.length == 4 && words[3].equals("[xk_mixture]")) {
                  module.merge(address, words[2], (a, b) -> a.startsWith("xk_") ? a : b);
                } else if (words[2].startsWith("__pfx_") && padding.size() < 200) {
                  padding.add(new Span(address, address + 16));
                }
              });
    }
  }

  /** What one pass read. */
  record Reading(int first, int second) {}

  /** Opens the device; each opening closes the gate. */
  FileChannel open() throws IOException {
    return FileChannel.open(
        Path.of("/dev/xk_mixture"), StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  Reading pass(FileChannel device, long kind, int micros) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
    device.read(buffer, kind << 32 | micros);
    return new Reading(buffer.getInt(0), buffer.getInt(4));
  }

  void openGate(FileChannel device) throws IOException {
    device.write(ByteBuffer.allocateDirect(1));
  }

  /** Returns the address of a reader's probe. */
  long site(String reader) throws IOException {
    return Long.parseUnsignedLong(text("site_" + reader));
  }

  /**
   * Returns the spans of one reader: its functions, the same again in pieces that nest and overlap,
   * and 200 more elsewhere.
   */
  List<Span> spans(String reader) {
    List<Span> spans = new ArrayList<>(padding);
    module.forEach(
        (start, name) -> {
          if (name.startsWith("xk_span_") && name.endsWith("_" + reader)) {
            long end = module.higherKey(start);
            long third = (end - start) / 3;
            spans.add(new Span(start + third, end));
            spans.add(new Span(start, end - third));
            spans.add(new Span(start + third, end - third));
            spans.add(new Span(start, start + 1));
          }
        });
    return spans;
  }

  /** Returns the spans of a reader's functions and nothing else, as a controller's arguments. */
  List<String> arguments(String reader) {
    List<String> words = new ArrayList<>();
    module.forEach(
        (start, name) -> {
          if (name.startsWith("xk_span_") && name.endsWith("_" + reader)) {
            words.add("0x" + Long.toHexString(start));
            words.add("0x" + Long.toHexString(module.higherKey(start)));
          }
        });
    return words;
  }

  static int counter(String name) throws IOException {
    return Integer.parseInt(text(name));
  }

  private static String text(String parameter) throws IOException {
    return Files.readString(PARAMETERS.resolve(parameter)).strip();
  }

  /** Returns when the passes of the module's own thread and timer that are under way have ended. */
  static void settle() throws IOException, InterruptedException {
    for (String passes : List.of("thread_passes", "timer_passes")) {
      int before = counter(passes);
      while (counter(passes) - before < 2) {
        Thread.sleep(2);
      }
    }
  }

  static int mixtures() throws IOException {
    return counter("mixtures") + counter("timer_mixtures");
  }
}
