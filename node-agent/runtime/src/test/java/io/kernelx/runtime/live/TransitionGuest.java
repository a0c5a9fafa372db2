// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Manner.OnStall;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionReport.State;
import io.kernelx.runtime.bpf.Bpf;
import io.kernelx.runtime.bpf.LibBpf;
import io.kernelx.runtime.facts.KernelFactsReader;
import io.kernelx.runtime.libc.Libc;
import io.kernelx.runtime.libc.SystemCallException;
import io.kernelx.runtime.module.ConsistencyModule;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.module.KfuncsModule;
import io.kernelx.runtime.module.LiveNativeModules;
import io.kernelx.runtime.module.ModuleBuilder;
import io.kernelx.runtime.module.NativeModules;
import io.kernelx.runtime.module.Transition;
import io.kernelx.runtime.module.Transition.Order;
import io.kernelx.runtime.stub.StubCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The constants of the test module, each under a probe, and the means to move them: what the
 * scenarios of {@link TransitionScenarios} act with in a guest.
 */
final class TransitionGuest {
  private static final String STUB =
      """
      #include "xk.bpf.h"
      XK_SITE(0)
      {
      	xk_write(ctx, 0, XK_REG_ax, 32, V);
      	return 0;
      }
      XK_LICENSE;
      """;

  /** A module's name goes by its text, so each reader's says whose it is. */
  private static final String NATIVE_SITE =
      """
      /* SPDX-License-Identifier: GPL-2.0-only */
      /* %s */
      #include "xk_probe.h"
      XK_SITE(0)
      {
      	xk_write(ctx, 0, XK_REG_ax, 32, V);
      	return 0;
      }
      XK_HANDLERS(xk_hit_0);
      """;

  /** The letters of the test module's readers. */
  static final List<String> READERS = List.of("a", "b", "c", "d", "e", "f", "g", "h");

  /** Those whose programs the kernel runs; the others' are run by the module. */
  private static final String LINKED = "dh";

  final Mixture mixture = new Mixture();
  private final Libc libc = new Libc();
  private final KernelFacts facts;
  private final Constants constants;
  private final ConsistencyModule consistency;
  private final List<Bpf.Stub> stubs = new ArrayList<>();
  private final Path pins;
  private final NativeModules natives;

  /**
   * @param natively the letters of the readers whose probes are native; the others' are BPF's
   */
  TransitionGuest(RuntimePaths paths, String natively) throws Exception {
    facts = new KernelFactsReader(paths).read();
    ModuleBuilder builder = new ModuleBuilder(paths);
    constants = new KfuncsModule(paths, builder, libc).ensure(facts, 1);
    consistency = new ConsistencyModule(paths, builder, libc);
    natives = new LiveNativeModules(paths, builder, libc);
    pins = Files.createDirectories(paths.pins().resolveSibling("mixture"));
    Bpf bpf = new LibBpf(paths.libbpf(), paths.sys(), libc);
    Path object = new StubCompiler(paths).compile(STUB);
    for (String reader : READERS) {
      long site = mixture.site(reader);
      int id =
          constants.create(
              List.of(new Constants.Site(site, List.of(new Constants.Grant("ax", 32)))));
      if (natively.contains(reader)) {
        natives.load(natives.build(NATIVE_SITE.formatted(reader), facts), id);
        continue;
      }
      Bpf.Stub stub = bpf.load(object, id, 1);
      if (LINKED.contains(reader) || !constants.attach(id, 0, stub.program(0))) {
        stub.attach(0, site, pins.resolve(reader));
      }
      stubs.add(stub);
    }
  }

  /** Returns the ConstID of a reader. */
  static int id(String reader) {
    return 1 + READERS.indexOf(reader);
  }

  Constants.State state(String reader) throws IOException {
    synchronized (constants) {
      return constants.read(id(reader)).orElseThrow();
    }
  }

  Transition open() throws Exception {
    synchronized (constants) {
      return consistency.ensure(facts);
    }
  }

  Order order(String reader, Optional<Long> value, Manner manner) throws IOException {
    return new Order(id(reader), value, state(reader).epoch(), manner, mixture.spans(reader));
  }

  /** Runs a transition to its end. */
  TransitionReport move(String reader, Mode mode, Optional<Long> value, int timeout)
      throws Exception {
    try (Transition transition = open()) {
      transition.start(order(reader, value, new Manner(mode, timeout, OnStall.REVERT)));
      return ended(transition);
    }
  }

  static TransitionReport ended(Transition transition) throws IOException {
    TransitionReport progress;
    do {
      progress = transition.progress(1000);
    } while (!progress.state().ended());
    return progress;
  }

  /** Waits until nobody moves the constant any more, whoever began it. */
  void settled(String reader) throws Exception {
    try (Transition transition = open()) {
      while (transition.running(id(reader), 1000).isPresent()) {
        Thread.onSpinWait();
      }
    }
  }

  /** Flips at once, as Immediate does. */
  void flip(String reader, long value) throws IOException {
    synchronized (constants) {
      constants.activate(id(reader), value, state(reader).epoch(), Mode.IMMEDIATE);
    }
  }

  int errno(Order order) throws Exception {
    try (Transition transition = open()) {
      transition.start(order);
      return 0;
    } catch (SystemCallException e) {
      return e.errno();
    }
  }

  /** What the native probes of a reader have counted; empty if it has none. */
  Optional<NativeModules.Counts> nativeCounts(String reader) throws IOException {
    Optional<String> module = natives.find(id(reader));
    return module.isEmpty() ? Optional.empty() : Optional.of(natives.counts(module.get()));
  }

  /** Takes the probes away under whatever load there is. */
  void unload() throws Exception {
    for (String reader : READERS) {
      if (state(reader).active()) {
        TransitionReport progress = move(reader, Mode.PER_TASK, Optional.empty(), 60_000);
        if (progress.state() != State.DONE) {
          throw new IllegalStateException(progress.toString());
        }
      }
      Optional<String> module = natives.find(id(reader));
      if (module.isPresent()) {
        natives.unload(module.get());
      }
      Files.deleteIfExists(pins.resolve(reader));
      constants.destroy(id(reader));
    }
    stubs.forEach(Bpf.Stub::close);
    constants.close();
  }
}
