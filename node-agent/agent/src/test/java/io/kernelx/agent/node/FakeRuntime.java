// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionWatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A kernel in memory. */
public final class FakeRuntime implements NodeRuntime {
  public String bootId = "boot-1";
  public String release = Samples.RELEASE;
  public List<String> missing = List.of();
  public List<String> withoutBpf = List.of();
  public RuntimeRefusedException refusal;
  public RuntimeException fault;

  /** Constants that are refused to be reverted. */
  public final Set<String> stuck = new HashSet<>();

  public final List<LoadedTunable> kernel = new ArrayList<>();
  public final List<String> calls = new ArrayList<>();
  public final List<Manner> manners = new ArrayList<>();
  public List<TransitionReport> transitions = List.of();

  /** What a change tells while it runs, in this order; called off, it keeps the value before. */
  public List<TransitionReport> told = List.of();

  /** Done each time that something was told. */
  public Runnable meanwhile = () -> {};

  @Override
  public KernelFacts facts() {
    return new KernelFacts(
        bootId, release, "abcd", "x86_64", "gcc-12", "none", missing, withoutBpf);
  }

  @Override
  public LoadedTunable apply(ApplyRequest r) throws RuntimeRefusedException {
    manners.add(r.manner());
    calls.add("apply " + r.plan().constant() + "=" + r.value());
    refuse();
    follow(r.watch());
    kernel.removeIf(l -> l.owner().equals(r.owner()) && l.constant().equals(r.plan().constant()));
    LoadedTunable loaded =
        Samples.loaded(
            r.owner(), r.plan().constant(), r.value(), r.revision(), r.plan().digest(), 0);
    kernel.add(loaded);
    return loaded;
  }

  @Override
  public void revert(String owner, String constant, Optional<Manner> manner, TransitionWatch watch)
      throws RuntimeRefusedException {
    manners.add(manner.orElseThrow());
    calls.add("revert " + constant);
    refuse();
    if (stuck.contains(constant)) {
      throw new RuntimeRefusedException(
          RuntimeRefusedException.Reason.STALLED, constant + " keeps the value before.");
    }
    follow(watch);
    kernel.removeIf(l -> l.owner().equals(owner) && l.constant().equals(constant));
  }

  @Override
  public List<TransitionReport> transitions(int constId) {
    return transitions;
  }

  @Override
  public List<LoadedTunable> loaded() {
    return List.copyOf(kernel);
  }

  /** As a reboot leaves it. */
  public void reboot(String newBootId) {
    bootId = newBootId;
    kernel.clear();
    calls.clear();
  }

  private void follow(TransitionWatch watch) throws RuntimeRefusedException {
    if (told.isEmpty()) {
      watch.goesOn(TransitionReport.atOnce(250));
    }
    for (TransitionReport report : told) {
      boolean goesOn = watch.goesOn(report);
      meanwhile.run();
      if (!goesOn && !report.state().ended()) {
        throw new RuntimeRefusedException(
            RuntimeRefusedException.Reason.STALLED,
            "The change was called off.",
            report.endedAs(TransitionReport.State.REVERTED));
      }
    }
  }

  private void refuse() throws RuntimeRefusedException {
    if (fault != null) {
      throw fault;
    }
    if (refusal != null) {
      throw refusal;
    }
  }
}
