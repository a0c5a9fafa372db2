// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.Libc;
import io.kernelx.runtime.libc.SystemCallException;
import io.kernelx.runtime.module.Transition.Order;
import io.kernelx.runtime.module.Transition.Span;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Asks the engine's device for what it must refuse, then for anything at random. */
final class TransitionAbuse {
  private static final int REQUESTS = 5_000;
  private static final int[] SIZES = {16, 56, 88};

  private TransitionAbuse() {}

  static void run(TransitionGuest guest) throws Exception {
    Order good = guest.order("a", Optional.of(5L), Manner.of(Mode.GLOBAL));
    say("immediate", guest.errno(with(good, 1, good.epoch(), Mode.IMMEDIATE, good.spans())));
    say("unknown", guest.errno(with(good, 99, good.epoch(), Mode.GLOBAL, good.spans())));
    say("epoch", guest.errno(with(good, 1, good.epoch() + 1, Mode.GLOBAL, good.spans())));
    say("none", guest.errno(with(good, 1, good.epoch(), Mode.GLOBAL, List.of())));
    say("empty", guest.errno(with(good, 1, good.epoch(), Mode.GLOBAL, span(-4096, -4096))));
    say("reversed", guest.errno(with(good, 1, good.epoch(), Mode.GLOBAL, span(-4096, -8192))));
    say("user", guest.errno(with(good, 1, good.epoch(), Mode.GLOBAL, span(4096, 8192))));
    atRandom(good.spans().getFirst().start());
    guest.settled("a");
    guest.settled("b");
    say("survived", guest.errno(guest.order("a", Optional.of(5L), Manner.of(Mode.IMMEDIATE))));
  }

  private static List<Span> span(long start, long end) {
    return List.of(new Span(start, end));
  }

  private static Order with(Order order, int id, long epoch, Mode mode, List<Span> spans) {
    return new Order(id, order.value(), epoch, Manner.of(mode), spans);
  }

  private static void say(String what, int errno) {
    TransitionScenarios.say("ABUSE %s %d", what, errno);
  }

  /**
   * Requests that are half right, with spans where nobody is, reach deeper than those that are all
   * wrong.
   */
  private static void atRandom(long base) throws Exception {
    Libc libc = new Libc();
    Random random = new Random(1);
    int fd = -1;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = arena.allocate(4096, 8);
      MemorySegment blockers = arena.allocate(96L * 4, 8);
      MemorySegment spans = arena.allocate(64, 8);
      for (int i = 0; i < REQUESTS; i++) {
        if (i % 50 == 0) {
          if (fd >= 0) {
            libc.close(fd);
          }
          fd = libc.openReadWrite(Path.of("/dev/xkernel_transition"));
        }
        int which = random.nextInt(SIZES.length);
        struct.fill((byte) 0);
        for (int word = 0; word < SIZES[which] / 4; word++) {
          struct.set(
              JAVA_INT, word * 4L, random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(3));
        }
        if (which == 1) {
          spans.set(JAVA_LONG, 0, base + random.nextInt(1 << 12));
          spans.set(JAVA_LONG, 8, base + random.nextInt(1 << 13));
          struct.set(JAVA_LONG, 0, spans.address());
          struct.set(JAVA_INT, 8, random.nextInt(4));
          struct.set(JAVA_INT, 12, 16);
          struct.set(JAVA_INT, 52, 0);
          struct.set(JAVA_LONG, 32, random.nextInt(400));
        } else if (which == 2) {
          struct.set(JAVA_INT, 4, random.nextInt(3));
          struct.set(JAVA_LONG, 72, random.nextBoolean() ? blockers.address() : 1);
          struct.set(JAVA_INT, 84, 96);
        }
        int size = random.nextInt(8) == 0 ? random.nextInt(4097) : SIZES[which];
        int number = random.nextInt(16) == 0 ? random.nextInt(256) : 0xc0 + which;
        try {
          libc.ioctl(fd, 3L << 30 | (long) size << 16 | 'x' << 8 | number, struct, "abuse");
        } catch (SystemCallException e) {
          if (e.errno() == Errno.EPERM) {
            throw e;
          }
        }
      }
    } finally {
      libc.close(fd);
    }
  }
}
