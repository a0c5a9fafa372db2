// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.bpf;

import static io.kernelx.runtime.bpf.LibBpfCalls.INT;
import static io.kernelx.runtime.bpf.LibBpfCalls.LONG;
import static io.kernelx.runtime.bpf.LibBpfCalls.POINTER;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kernelx.runtime.bpf.LibBpfCalls.Function;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.Libc;
import io.kernelx.runtime.libc.SystemCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@link Bpf} through libbpf 1.1 and the kprobe events of perf.
 *
 * <p>A probe is a perf event of the kprobe PMU at an address, and a BPF link that holds the event;
 * the pinned link is all that keeps the probe. (libbpf's own link object would switch the event off
 * when it is freed, so the link is made by {@code bpf_link_create}.)
 */
public final class LibBpf implements Bpf {
  private static final int MAP_TYPE_ARRAY = 2;
  private static final int ATTACH_PERF_EVENT = 41;
  private static final int PERF_ATTR_SIZE = 128;
  private static final int PERF_ATTR_CONFIG2 = 64;
  private static final int STATS_SIZE = 24;
  private static final int LINK_INFO_PROG = 8;
  private static final int LINK_INFO_MISSED = 48;
  private static final int LINK_INFO_SIZE = 64;
  private static final int PROG_INFO_MISSES = 208;
  private static final int PROG_INFO_SIZE = 232;
  private static final int MAP_INFO_VALUE_SIZE = 12;
  private static final int MAP_INFO_SIZE = 88;

  private final Libc libc;
  private final int kprobeType;
  private final Function openFile;
  private final Function loadObject;
  private final Function findMap;
  private final Function findProgram;
  private final Function setMaxEntries;
  private final Function initialValue;
  private final Function pinMap;
  private final Function programFd;
  private final Function linkCreate;
  private final Function objPin;
  private final Function objGet;
  private final Function objInfo;
  private final Function programById;
  private final Function mapCreate;
  private final Function mapUpdate;
  private final Function mapLookup;
  private final Function possibleCpus;
  private final MethodHandle closeObject;

  /**
   * @param library as {@code dlopen} takes it
   * @param sys sysfs
   * @throws IOException if the library or the kernel's kprobe events are missing
   */
  public LibBpf(String library, Path sys, Libc libc) throws IOException {
    this.libc = libc;
    Path type = sys.resolve("bus/event_source/devices/kprobe/type");
    this.kprobeType = Integer.parseInt(Files.readString(type).strip());
    LibBpfCalls calls = new LibBpfCalls(library);
    openFile = calls.pointer("bpf_object__open_file", POINTER, POINTER);
    loadObject = calls.number("bpf_object__load", POINTER);
    findMap = calls.pointer("bpf_object__find_map_by_name", POINTER, POINTER);
    findProgram = calls.pointer("bpf_object__find_program_by_name", POINTER, POINTER);
    setMaxEntries = calls.number("bpf_map__set_max_entries", POINTER, INT);
    initialValue = calls.pointer("bpf_map__initial_value", POINTER, POINTER);
    pinMap = calls.number("bpf_map__pin", POINTER, POINTER);
    programFd = calls.number("bpf_program__fd", POINTER);
    linkCreate = calls.number("bpf_link_create", INT, INT, INT, POINTER);
    objPin = calls.number("bpf_obj_pin", INT, POINTER);
    objGet = calls.number("bpf_obj_get", POINTER);
    objInfo = calls.number("bpf_obj_get_info_by_fd", INT, POINTER, POINTER);
    programById = calls.number("bpf_prog_get_fd_by_id", INT);
    mapCreate = calls.number("bpf_map_create", INT, POINTER, INT, INT, INT, POINTER);
    mapUpdate = calls.number("bpf_map_update_elem", INT, POINTER, POINTER, LONG);
    mapLookup = calls.number("bpf_map_lookup_elem", INT, POINTER, POINTER);
    possibleCpus = calls.number("libbpf_num_possible_cpus");
    closeObject = calls.closer();
  }

  @Override
  public Stub load(Path object, int constId, int sites) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment opened =
          openFile.pointer(arena.allocateFrom(object.toString()), MemorySegment.NULL);
      LoadedStub stub = new LoadedStub(opened);
      try {
        MemorySegment size = arena.allocate(JAVA_LONG);
        MemorySegment settings = findMap.pointer(opened, arena.allocateFrom(".rodata.xk"));
        initialValue
            .pointer(settings, size)
            .reinterpret(size.get(JAVA_LONG, 0))
            .set(JAVA_INT, 0, constId);
        setMaxEntries.number(findMap.pointer(opened, arena.allocateFrom("xk_stats")), sites);
        loadObject.number(opened);
        return stub;
      } catch (IOException e) {
        stub.close();
        throw e;
      }
    }
  }

  private final class LoadedStub implements Stub {
    private final MemorySegment object;

    LoadedStub(MemorySegment object) {
      this.object = object;
    }

    @Override
    public void pinStats(Path pin) throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        pinMap.number(
            findMap.pointer(object, arena.allocateFrom("xk_stats")),
            arena.allocateFrom(pin.toString()));
      }
    }

    @Override
    public int program(int site) throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        return programFd.number(findProgram.pointer(object, arena.allocateFrom("xk_site_" + site)));
      }
    }

    @Override
    public void pinProgram(int site, Path pin) throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        objPin.number(program(site), arena.allocateFrom(pin.toString()));
      }
    }

    @Override
    public void attach(int site, long address, Path pin) throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        int program = program(site);
        int event = openEvent(arena, address);
        try {
          int link = linkCreate.number(program, event, ATTACH_PERF_EVENT, MemorySegment.NULL);
          try {
            objPin.number(link, arena.allocateFrom(pin.toString()));
          } finally {
            libc.close(link);
          }
        } finally {
          libc.close(event);
        }
      }
    }

    @Override
    public void close() {
      try {
        closeObject.invokeExact(object);
      } catch (Throwable e) {
        throw new IllegalStateException("bpf_object__close could not be called", e);
      }
    }
  }

  private int openEvent(Arena arena, long address) throws IOException {
    MemorySegment attributes = arena.allocate(PERF_ATTR_SIZE, 8);
    attributes.set(JAVA_INT, 0, kprobeType);
    attributes.set(JAVA_INT, 4, PERF_ATTR_SIZE);
    attributes.set(JAVA_LONG, PERF_ATTR_CONFIG2, address);
    try {
      return libc.perfEventOpen(attributes);
    } catch (SystemCallException e) {
      boolean forbidden = e.errno() == Errno.EINVAL || e.errno() == Errno.EILSEQ;
      if (forbidden) {
        throw new ForbiddenProbeException(address, e);
      }
      throw e;
    }
  }

  @Override
  public SiteStats stats(Path pin, int site) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int cpus = possibleCpus.number();
      MemorySegment values = arena.allocate((long) STATS_SIZE * cpus, 8);
      withPin(pin, fd -> mapLookup.number(fd, arena.allocateFrom(JAVA_INT, site), values));
      long[] sums = new long[STATS_SIZE / 8];
      for (int i = 0; i < cpus * sums.length; i++) {
        sums[i % sums.length] += values.getAtIndex(JAVA_LONG, i);
      }
      return new SiteStats(sums[0], sums[1], sums[2]);
    }
  }

  @Override
  public long missed(Path link) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(LINK_INFO_SIZE, 8);
      withPin(link, fd -> info(arena, fd, info));
      int program = programById.number(info.get(JAVA_INT, LINK_INFO_PROG));
      try {
        MemorySegment programInfo = arena.allocate(PROG_INFO_SIZE, 8);
        info(arena, program, programInfo);
        return info.get(JAVA_LONG, LINK_INFO_MISSED) + programInfo.get(JAVA_LONG, PROG_INFO_MISSES);
      } finally {
        libc.close(program);
      }
    }
  }

  @Override
  public void createBlob(Path pin, byte[] content, int capacity) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int map =
          mapCreate.number(
              MAP_TYPE_ARRAY, arena.allocateFrom("xk_meta"), 4, capacity, 1, MemorySegment.NULL);
      try {
        put(arena, map, content, capacity);
        objPin.number(map, arena.allocateFrom(pin.toString()));
      } finally {
        libc.close(map);
      }
    }
  }

  @Override
  public void writeBlob(Path pin, byte[] content) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      withPin(
          pin,
          fd -> {
            put(arena, fd, content, valueSize(arena, fd));
            return 0;
          });
    }
  }

  @Override
  public byte[] readBlob(Path pin) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int[] size = new int[1];
      MemorySegment[] value = new MemorySegment[1];
      withPin(
          pin,
          fd -> {
            size[0] = valueSize(arena, fd);
            value[0] = arena.allocate(size[0], 8);
            return mapLookup.number(fd, arena.allocateFrom(JAVA_INT, 0), value[0]);
          });
      int length = 0;
      while (length < size[0] && value[0].get(JAVA_BYTE, length) != 0) {
        length++;
      }
      return value[0].asSlice(0, length).toArray(JAVA_BYTE);
    }
  }

  private void put(Arena arena, int map, byte[] content, int capacity) throws IOException {
    if (content.length > capacity) {
      throw new IOException(
          "the description of what is loaded has grown over " + capacity + " bytes");
    }
    MemorySegment value = arena.allocate(capacity, 8);
    MemorySegment.copy(content, 0, value, JAVA_BYTE, 0, content.length);
    mapUpdate.number(map, arena.allocateFrom(JAVA_INT, 0), value, 0L);
  }

  private int valueSize(Arena arena, int map) throws IOException {
    MemorySegment info = arena.allocate(MAP_INFO_SIZE, 8);
    info(arena, map, info);
    return info.get(JAVA_INT, MAP_INFO_VALUE_SIZE);
  }

  private int info(Arena arena, int fd, MemorySegment info) throws IOException {
    return objInfo.number(fd, info, arena.allocateFrom(JAVA_INT, (int) info.byteSize()));
  }

  @FunctionalInterface
  private interface PinnedCall {
    int call(int fd) throws IOException;
  }

  private void withPin(Path pin, PinnedCall call) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int fd = objGet.number(arena.allocateFrom(pin.toString()));
      try {
        call.call(fd);
      } finally {
        libc.close(fd);
      }
    }
  }
}
