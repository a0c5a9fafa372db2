// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.bpf.Bpf;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.SystemCallException;
import io.kernelx.runtime.module.Consistency;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.module.Kfuncs;
import io.kernelx.runtime.module.NativeModules;
import io.kernelx.runtime.module.Transition;
import io.kernelx.runtime.state.NodeFiles;
import io.kernelx.runtime.state.Pins;
import io.kernelx.runtime.text.KernelSymbols;
import io.kernelx.runtime.text.LiveMemory;
import io.kernelx.runtime.text.LiveText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A kernel of 64 KiB of text in which constants, probes and pins act on each other as in a real
 * one: a pinned link arms its probe, a link's file that is gone disarms it. It outlives runtimes,
 * as a kernel does processes.
 */
final class FakeKernel implements LiveText, Bpf {
  static final long BASE = 0xffffffff81000000L;

  final byte[] text = new byte[1 << 16];
  final StringBuilder symbols = new StringBuilder();
  final Map<Integer, Constants.State> constants = new TreeMap<>();
  final Set<String> redirected = new HashSet<>();
  final Set<Long> closed = new HashSet<>();
  final Map<Integer, String> modules = new TreeMap<>();
  final List<String> flips = new ArrayList<>();
  final List<Transition.Order> orders = new ArrayList<>();
  final Set<Integer> running = new HashSet<>();
  TransitionReport.State transitionEnd = TransitionReport.State.DONE;
  String failAt = "";
  int abi = Constants.HOSTS_SINCE;
  boolean programsHaveOtherMaps;
  Optional<String> withoutNatives = Optional.empty();
  Optional<String> otherBuild = Optional.empty();
  boolean loaded;
  boolean disarmed;
  long denied;
  private int nextId;
  private final Map<Path, Long> links = new HashMap<>();
  final Map<Integer, Set<Long>> hosted = new HashMap<>();

  /** Returns this kernel's parts, on a machine that is a folder. */
  KernelParts parts(Path root, RuntimePaths paths, Step.Observer observer) {
    return new KernelParts(
        this,
        kfuncs(),
        consistency(),
        natives(root),
        () -> this,
        new Pins(paths.pins()),
        new NodeFiles(paths.tables()),
        millis -> {},
        observer);
  }

  private void maybeFail(String what) throws IOException {
    if (failAt.equals(what)) {
      throw new IOException(what + " fails");
    }
  }

  @Override
  public LiveMemory open() {
    byte[] live = text.clone();
    links.entrySet().removeIf(link -> !Files.exists(link.getKey()));
    if (!disarmed) {
      hosted.values().stream()
          .flatMap(Set::stream)
          .forEach(address -> live[(int) (address - BASE)] = (byte) 0xcc);
      links.values().forEach(address -> live[(int) (address - BASE)] = (byte) 0xcc);
      modules.keySet().stream()
          .flatMap(id -> constants.get(id).sites().stream())
          .forEach(address -> live[(int) (address - BASE)] = (byte) 0xcc);
      constants
          .values()
          .forEach(c -> c.held().forEach(held -> live[(int) (held - BASE)] = (byte) 0xcc));
    }
    return new LiveMemory() {
      @Override
      public byte[] read(long address, int length) {
        int at = (int) (address - BASE);
        return Arrays.copyOfRange(live, at, at + length);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public KernelSymbols symbols(Set<String> names) throws IOException {
    byte[] listing = symbols.toString().getBytes(StandardCharsets.UTF_8);
    return KernelSymbols.read(new ByteArrayInputStream(listing), names);
  }

  @Override
  public Set<Long> closed(Set<Long> addresses) {
    Set<Long> found = new HashSet<>(addresses);
    found.retainAll(closed);
    return found;
  }

  @Override
  public Set<String> redirected(Set<String> functions) {
    Set<String> found = new HashSet<>(functions);
    found.retainAll(redirected);
    return found;
  }

  /** The module's side of it. */
  Kfuncs kfuncs() {
    return new Kfuncs() {
      @Override
      public Optional<Constants> open() {
        return loaded ? Optional.of(new Device()) : Optional.empty();
      }

      @Override
      public Optional<String> missing(KernelFacts facts) {
        return Optional.empty();
      }

      @Override
      public Constants ensure(KernelFacts facts, int firstId) {
        if (!loaded) {
          loaded = true;
          nextId = firstId;
        }
        return new Device();
      }
    };
  }

  /** The engine's side of it: a transition does what {@link #transitionEnd} says, at once. */
  Consistency consistency() {
    return new Consistency() {
      @Override
      public Optional<Transition> open() {
        return Optional.of(new Moved());
      }

      @Override
      public Transition ensure(KernelFacts facts) {
        return new Moved();
      }
    };
  }

  /** The native modules' side of it: a file's text is what the module was made from. */
  NativeModules natives(Path folder) {
    return new NativeModules() {
      @Override
      public Optional<String> missing(KernelFacts facts) {
        return withoutNatives;
      }

      @Override
      public Optional<String> unsuited(KernelFacts facts) {
        return otherBuild;
      }

      @Override
      public Path build(String sites, KernelFacts facts) {
        return folder.resolve(Integer.toHexString(sites.hashCode()) + ".ko");
      }

      @Override
      public void load(Path file, int constId) throws IOException {
        maybeFail("insmod");
        if (constants.get(constId).active() || modules.containsValue(file.toString())) {
          throw new SystemCallException("insmod", Errno.EEXIST);
        }
        modules.put(constId, file.toString());
      }

      @Override
      public Optional<String> find(int constId) {
        return Optional.ofNullable(modules.get(constId));
      }

      @Override
      public void unload(String name) throws IOException {
        maybeFail("rmmod");
        for (int id : List.copyOf(modules.keySet())) {
          if (modules.get(id).equals(name)) {
            if (constants.get(id).active()) {
              throw new SystemCallException("rmmod", Errno.EBUSY);
            }
            modules.remove(id);
          }
        }
      }

      @Override
      public Counts counts(String name) {
        return new Counts(20, 19, denied, 4);
      }
    };
  }

  private final class Moved implements Transition {
    private Order order;

    @Override
    public void start(Order asked) throws IOException {
      maybeFail("start");
      order = asked;
      orders.add(asked);
      running.add(asked.id());
      if (transitionEnd == TransitionReport.State.DONE) {
        new Device()
            .flip(asked.id(), asked.value().isPresent(), asked.value().orElse(0L), asked.epoch());
      }
    }

    @Override
    public TransitionReport progress(int waitMillis) {
      return report();
    }

    private TransitionReport report() {
      boolean done = transitionEnd == TransitionReport.State.DONE;
      return new TransitionReport(
          order == null ? Mode.GLOBAL : order.manner().mode(),
          transitionEnd,
          done ? TransitionReport.Reason.NONE : TransitionReport.Reason.TIMEOUT,
          7,
          done ? 0 : 1,
          1,
          3,
          40,
          5_000_000,
          new TransitionReport.Latencies(1, 2, 3, 4),
          done ? List.of() : List.of(new TransitionReport.StalledTask(42, "fio", "probed")));
    }

    @Override
    public Optional<TransitionReport> running(int id, int waitMillis) {
      return running.contains(id) ? Optional.of(report()) : Optional.empty();
    }

    @Override
    public void close() {
      if (order != null) {
        running.remove(order.id());
      }
    }
  }

  private final class Device implements Constants {
    @Override
    public int abi() {
      return abi;
    }

    @Override
    public int create(List<Site> sites) throws IOException {
      maybeFail("create");
      int id = nextId++;
      constants.put(
          id,
          new State(
              id,
              false,
              false,
              0,
              0,
              Mode.IMMEDIATE,
              0,
              sites.stream().map(Site::address).toList(),
              sites.stream().filter(s -> s.skip() > 0).map(Site::address).toList()));
      return id;
    }

    private void flip(int id, boolean active, long value, long epoch) throws IOException {
      State s = constants.get(id);
      if (s.epoch() != epoch) {
        throw new SystemCallException("flip", Errno.ESTALE);
      }
      constants.put(
          id,
          new State(
              id,
              active,
              false,
              value,
              epoch + 1,
              Mode.IMMEDIATE,
              s.denied(),
              s.sites(),
              s.held()));
      flips.add(id + (active ? "=" + value : " off"));
    }

    @Override
    public void activate(int id, long value, long epoch, Mode mode) throws IOException {
      maybeFail("activate");
      flip(id, true, value, epoch);
    }

    @Override
    public void deactivate(int id, long epoch, Mode mode) throws IOException {
      flip(id, false, 0, epoch);
    }

    @Override
    public boolean attach(int id, int site, int program) throws IOException {
      maybeFail("attach" + site);
      if (programsHaveOtherMaps) {
        return false;
      }
      hosted.computeIfAbsent(id, i -> new HashSet<>()).add(constants.get(id).sites().get(site));
      return true;
    }

    @Override
    public void detach(int id) {
      hosted.remove(id);
    }

    @Override
    public Hosted hosted(int id) {
      int count = hosted.getOrDefault(id, Set.of()).size();
      return new Hosted(count, 2L * count);
    }

    @Override
    public void destroy(int id) throws IOException {
      hosted.remove(id);
      if (constants.get(id).active() || modules.containsKey(id)) {
        throw new SystemCallException("destroy", Errno.EBUSY);
      }
      constants.remove(id);
    }

    @Override
    public Optional<State> read(int id) {
      return Optional.ofNullable(constants.get(id));
    }

    @Override
    public List<State> all() {
      return List.copyOf(constants.values());
    }

    @Override
    public void close() {}
  }

  @Override
  public Stub load(Path object, int constId, int sites) throws IOException {
    maybeFail("load");
    return new Stub() {
      @Override
      public void pinStats(Path pin) throws IOException {
        maybeFail("pinStats");
        Files.writeString(pin, "");
      }

      @Override
      public int program(int site) {
        return 100 + site;
      }

      @Override
      public void pinProgram(int site, Path pin) throws IOException {
        Files.writeString(pin, "");
      }

      @Override
      public void attach(int site, long address, Path pin) throws IOException {
        maybeFail("attach" + site);
        Files.writeString(pin, "");
        links.put(pin, address);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public SiteStats stats(Path pin, int site) {
    return new SiteStats(10, 10 - denied, denied);
  }

  @Override
  public long missed(Path link) {
    return 2;
  }

  @Override
  public void createBlob(Path pin, byte[] content, int capacity) throws IOException {
    maybeFail("describe");
    Files.write(pin, content);
  }

  @Override
  public void writeBlob(Path pin, byte[] content) throws IOException {
    Files.write(pin, content);
  }

  @Override
  public byte[] readBlob(Path pin) throws IOException {
    return Files.readAllBytes(pin);
  }
}
