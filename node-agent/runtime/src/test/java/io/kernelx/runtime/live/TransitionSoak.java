// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.RuntimePaths;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Many transitions in a guest, of eight constants at once: {@code SOURCES CACHE PROGRAMS PLANS
 * PERTASK GLOBAL KILLS SHORT HOTPLUGS SECONDS SEED LOAD}. The constants are made and probed here,
 * every other one natively; then a program moves them that an emulated machine can run a thousand
 * times faster than a Java one, and says what it has seen ({@code soak.c}).
 */
public final class TransitionSoak {
  private TransitionSoak() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    TransitionGuest guest =
        new TransitionGuest(RuntimePaths.standard(Path.of(args[0]), Path.of(args[1])), "bdfh");
    guest.open().close();
    run(Path.of(args[2]), Arrays.asList(args).subList(4, args.length), TransitionGuest.READERS);
    guest.unload();
  }

  /**
   * Runs the program.
   *
   * @param programs where it is
   * @param words its arguments from PERTASK to SEED, and which of the programs makes load
   * @param readers of the constants that move
   */
  static void run(Path programs, List<String> words, List<String> readers) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(programs.resolve("soak").toString());
    command.addAll(words.subList(0, words.size() - 1));
    command.add(programs.resolve(words.getLast()).toString());
    for (String reader : readers) {
      command.add(TransitionGuest.id(reader) + ":" + reader);
    }
    int code = new ProcessBuilder(command).redirectErrorStream(true).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("soak ended with " + code);
    }
  }
}
