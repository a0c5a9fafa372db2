// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kernelx.runtime.Mode;
import io.kernelx.runtime.libc.Libc;
import io.kernelx.runtime.libc.SystemCallException;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.module.Constants.Operand;
import io.kernelx.runtime.module.XkDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** Asks the module's device for what it must refuse, then for anything at random. */
final class DeviceAbuse {
  private static final long CREATE = code(0x81, 24);
  private static final long FLIP = code(0x82, 32);
  private static final int RANDOM_REQUESTS = 20_000;

  private final Libc libc = new Libc();
  private final Path device;

  DeviceAbuse(Path device) {
    this.device = device;
  }

  private static long code(int number, int size) {
    return 3L << 30 | (long) size << 16 | 'x' << 8 | number;
  }

  void run(Consumer<String> say) throws IOException {
    refusals(say);
    int fd = libc.openReadWrite(device);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment flip = arena.allocate(4096, 8);
      say.accept("ABUSE unknown " + errno(fd, code(0x7f, 32), flip));
      say.accept("ABUSE empty " + errno(fd, code(0x82, 0), flip));
      say.accept("ABUSE short " + errno(fd, code(0x82, 8), flip));
      say.accept("ABUSE longer " + errno(fd, code(0x82, 64), flip));
      flip.set(JAVA_BYTE, 40, (byte) 1);
      say.accept("ABUSE longer-and-set " + errno(fd, code(0x82, 64), flip));
      say.accept("ABUSE nowhere " + errno(fd, FLIP, MemorySegment.NULL));
      atRandom(fd, arena);
    } finally {
      libc.close(fd);
    }
    try (Constants constants = XkDevice.open(libc, device)) {
      int left = 0;
      for (Constants.State state : constants.all()) {
        if (state.sites().stream().anyMatch(a -> a > 0)) {
          clear(constants, state);
          left++;
        }
      }
      say.accept("ABUSE random survived, made " + (left > 0 ? "some" : "none"));
    }
  }

  private void refusals(Consumer<String> say) throws IOException {
    try (Constants constants = XkDevice.open(libc, device)) {
      List<Constants.Site> site =
          List.of(new Constants.Site(4096, List.of(new Constants.Grant("ax", 16))));
      int id = constants.create(site);
      say.accept("ABUSE same-site " + errno(() -> constants.create(site)));
      say.accept(
          "ABUSE grant-sp "
              + errno(
                  () ->
                      constants.create(
                          List.of(
                              new Constants.Site(8192, List.of(new Constants.Grant("sp", 64)))))));
      badSkips(constants, say);
      say.accept("ABUSE mode " + errno(() -> constants.activate(id, 1, 0, Mode.GLOBAL)));
      constants.activate(id, 1, 0, Mode.IMMEDIATE);
      say.accept("ABUSE epoch " + errno(() -> constants.activate(id, 2, 0, Mode.IMMEDIATE)));
      say.accept("ABUSE destroy-active " + errno(() -> constants.destroy(id)));
      constants.deactivate(id, 1, Mode.IMMEDIATE);
      constants.destroy(id);
      say.accept("ABUSE destroy-twice " + errno(() -> constants.destroy(id)));
    }
  }

  /**
   * What steps over an instruction must be one, of that length, and its operand of a known form.
   */
  private static void badSkips(Constants constants, Consumer<String> say) {
    Operand operand = new Operand("di", "", 1, 0, 32, true, false);
    Operand stack = new Operand("di", "sp", 1, 0, 32, true, false);
    Operand scaled = new Operand("di", "cx", 3, 0, 32, true, false);
    Operand idle = new Operand("di", "", 1, 0, 32, false, false);
    say.accept("ABUSE skip-too-long " + errno(constants, 17, Optional.empty()));
    say.accept("ABUSE skip-nowhere " + errno(constants, 3, Optional.empty()));
    say.accept("ABUSE operand-alone " + errno(constants, 0, Optional.of(operand)));
    say.accept("ABUSE operand-idle " + errno(constants, 3, Optional.of(idle)));
    say.accept("ABUSE index-sp " + errno(constants, 3, Optional.of(stack)));
    say.accept("ABUSE scale " + errno(constants, 3, Optional.of(scaled)));
  }

  private static int errno(Constants constants, int skip, Optional<Operand> memory) {
    return errno(
        () -> constants.create(List.of(new Constants.Site(12_288, List.of(), skip, memory))));
  }

  private static void clear(Constants constants, Constants.State state) throws IOException {
    if (state.active()) {
      constants.deactivate(state.id(), state.epoch(), state.mode());
    }
    constants.destroy(state.id());
  }

  /** Requests that are half right reach deeper than those that are all wrong. */
  private void atRandom(int fd, Arena arena) {
    Random random = new Random(1);
    MemorySegment struct = arena.allocate(4096, 8);
    MemorySegment sites = arena.allocate(48L * 8, 8);
    int[] sizes = {24, 24, 32, 8, 64};
    for (int i = 0; i < RANDOM_REQUESTS; i++) {
      int which = random.nextInt(sizes.length);
      struct.fill((byte) 0);
      for (int word = 0; word < sizes[which] / 4; word++) {
        struct.set(
            JAVA_INT, word * 4L, random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(3));
      }
      if (which == 1 || which == 4) {
        struct.set(JAVA_LONG, which == 1 ? 0 : 48, sites.address());
        struct.set(JAVA_INT, which == 1 ? 8 : 56, random.nextInt(8));
        struct.set(JAVA_INT, which == 1 ? 12 : 60, 48);
        sites.set(JAVA_LONG, 0, 1 + random.nextInt(1000));
        sites.set(JAVA_BYTE, 8, (byte) random.nextInt());
        sites.set(JAVA_LONG, 32, random.nextInt(8) == 0 ? random.nextLong() : 0);
      }
      int size = random.nextInt(8) == 0 ? random.nextInt(16384) : sizes[which];
      int number = random.nextInt(16) == 0 ? random.nextInt(256) : 0x80 + which;
      errno(fd, code(number, Math.min(size, 4096)), struct);
    }
  }

  private int errno(int fd, long code, MemorySegment struct) {
    return errno(() -> libc.ioctl(fd, code, struct, "abuse"));
  }

  @FunctionalInterface
  private interface Call {
    void run() throws IOException;
  }

  private static int errno(Call call) {
    try {
      call.run();
      return 0;
    } catch (SystemCallException e) {
      return e.errno();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
