// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kernelx.runtime.Mode;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.Libc;
import io.kernelx.runtime.libc.SystemCallException;
import io.kernelx.runtime.module.XkAbi.Request;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The module's device. An open one holds the module, so it is opened for each piece of work. */
public final class XkDevice implements Constants {
  private static final int FIRST_GUESS_OF_SITES = 64;

  private final Libc libc;
  private final int fd;

  private XkDevice(Libc libc, int fd) {
    this.libc = libc;
    this.fd = fd;
  }

  /** Opens the device. */
  public static XkDevice open(Libc libc, Path path) throws IOException {
    return new XkDevice(libc, libc.openReadWrite(path));
  }

  @Override
  public int abi() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      StructCall call = call(arena, Request.VERSION);
      call.run();
      return call.getInt("abi");
    }
  }

  @Override
  public int create(List<Site> sites) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment array = arena.allocate((long) XkAbi.SITE_SIZE * sites.size(), 8);
      for (int i = 0; i < sites.size(); i++) {
        put(sites.get(i), array.asSlice((long) i * XkAbi.SITE_SIZE, XkAbi.SITE_SIZE));
      }
      StructCall call = call(arena, Request.CREATE);
      call.set("sites", array.address());
      call.set("site_count", sites.size());
      call.set("site_size", XkAbi.SITE_SIZE);
      call.run();
      return call.getInt("id");
    }
  }

  private static void put(Site site, MemorySegment struct) {
    struct.set(JAVA_LONG, 0, site.address());
    for (Grant grant : site.grants()) {
      long slot = XkAbi.SITE_WIDTHS + number(grant.register());
      int widths = struct.get(JAVA_BYTE, slot) | XkAbi.widthBit(grant.width());
      struct.set(JAVA_BYTE, slot, (byte) widths);
    }
    struct.set(JAVA_BYTE, XkAbi.SITE_SKIP, (byte) site.skip());
    site.memory().ifPresent(m -> put(m, struct));
  }

  private static void put(Operand m, MemorySegment struct) {
    int access = (m.read() ? XkAbi.MEM_READ : 0) | (m.write() ? XkAbi.MEM_WRITE : 0);
    struct.set(JAVA_BYTE, XkAbi.SITE_MEM_ACCESS, (byte) access);
    struct.set(JAVA_BYTE, XkAbi.SITE_MEM_WIDTH, (byte) XkAbi.widthBit(m.width()));
    struct.set(JAVA_BYTE, XkAbi.SITE_MEM_BASE, oneMore(m.base()));
    struct.set(JAVA_BYTE, XkAbi.SITE_MEM_INDEX, oneMore(m.index()));
    struct.set(JAVA_BYTE, XkAbi.SITE_MEM_SCALE, (byte) m.scale());
    struct.set(JAVA_LONG, XkAbi.SITE_MEM_DISP, m.displacement());
  }

  private static byte oneMore(String register) {
    return (byte) (register.isEmpty() ? 0 : 1 + number(register));
  }

  private static int number(String register) {
    int number = XkAbi.REGISTERS.indexOf(register);
    if (number < 0) {
      throw new IllegalArgumentException("no register is called " + register);
    }
    return number;
  }

  @Override
  public void activate(int id, long value, long epoch, Mode mode) throws IOException {
    flip(id, XkAbi.ACTIVATE, value, epoch, mode);
  }

  @Override
  public void deactivate(int id, long epoch, Mode mode) throws IOException {
    flip(id, XkAbi.DEACTIVATE, 0, epoch, mode);
  }

  private void flip(int id, int action, long value, long epoch, Mode mode) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      StructCall call = call(arena, Request.FLIP);
      call.set("id", id);
      call.set("action", action);
      call.set("value", value);
      call.set("epoch", epoch);
      call.set("mode", mode.number());
      call.run();
    }
  }

  @Override
  public boolean attach(int id, int site, int program) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      StructCall call = call(arena, Request.ATTACH);
      call.set("id", id);
      call.set("site", site);
      call.set("program", program);
      call.run();
      return true;
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EOPNOTSUPP) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void detach(int id) throws IOException {
    probes(id, XkAbi.PROBES_DETACH);
  }

  @Override
  public Hosted hosted(int id) throws IOException {
    return probes(id, XkAbi.PROBES_READ);
  }

  private Hosted probes(int id, int action) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      StructCall call = call(arena, Request.PROBES);
      call.set("id", id);
      call.set("action", action);
      call.run();
      return new Hosted(call.getInt("probes"), call.getLong("missed"));
    }
  }

  @Override
  public void destroy(int id) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      StructCall call = call(arena, Request.DESTROY);
      call.set("id", id);
      call.run();
    }
  }

  @Override
  public Optional<State> read(int id) throws IOException {
    return read(id, 0, FIRST_GUESS_OF_SITES);
  }

  @Override
  public List<State> all() throws IOException {
    List<State> all = new ArrayList<>();
    Optional<State> next = read(0, XkAbi.READ_NEXT, FIRST_GUESS_OF_SITES);
    while (next.isPresent()) {
      all.add(next.get());
      next = read(next.get().id() + 1, XkAbi.READ_NEXT, FIRST_GUESS_OF_SITES);
    }
    return all;
  }

  private Optional<State> read(int id, int flags, int room) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sites = arena.allocate((long) XkAbi.SITE_SIZE * room, 8);
      StructCall call = call(arena, Request.READ);
      call.set("id", id);
      call.set("flags", flags);
      call.set("sites", sites.address());
      call.set("site_count", room);
      call.set("site_size", XkAbi.SITE_SIZE);
      try {
        call.run();
      } catch (SystemCallException e) {
        if (e.errno() == Errno.ENOENT) {
          return Optional.empty();
        }
        throw e;
      }
      int count = call.getInt("site_count");
      if (count > room) {
        return read(call.getInt("id"), 0, count);
      }
      List<Long> addresses = new ArrayList<>();
      List<Long> held = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        long at = (long) i * XkAbi.SITE_SIZE;
        addresses.add(sites.get(JAVA_LONG, at));
        if (sites.get(JAVA_BYTE, at + XkAbi.SITE_SKIP) != 0) {
          held.add(sites.get(JAVA_LONG, at));
        }
      }
      return Optional.of(
          new State(
              call.getInt("id"),
              (call.getInt("state") & XkAbi.STATE_NEW) != 0,
              (call.getInt("state") & XkAbi.STATE_MOVING) != 0,
              call.getLong("new_value"),
              call.getLong("epoch"),
              Mode.of(call.getInt("mode")),
              call.getLong("denied"),
              addresses,
              held));
    }
  }

  @Override
  public void close() {
    libc.close(fd);
  }

  private StructCall call(Arena arena, Request request) {
    return new StructCall(
        libc, fd, arena, request.layout(), request.code(), "/dev/xkernel " + request);
  }
}
