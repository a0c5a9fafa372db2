// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.LoadedTunable.State;
import io.kernelx.runtime.LoadedTunable.TextCoverage;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.live.Enforcement.Standing;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.state.Meta;
import io.kernelx.runtime.text.LiveMemory;
import io.kernelx.runtime.text.TextVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads what is loaded from the pins and the module; changes nothing. */
final class Inventory {
  private final KernelParts parts;
  private final Forms forms;

  Inventory(KernelParts parts, Forms forms) {
    this.parts = parts;
    this.forms = forms;
  }

  /** Returns everything that either side knows, ascending by ConstID. */
  List<Found> all() throws RuntimeRefusedException {
    try {
      Map<Integer, Constants.State> states = new TreeMap<>(Integer::compareUnsigned);
      Optional<Constants> constants = parts.kfuncs().open();
      if (constants.isPresent()) {
        try (Constants open = constants.get()) {
          open.all().forEach(s -> states.put(s.id(), s));
        }
      }
      Set<Integer> ids = new HashSet<>(states.keySet());
      ids.addAll(parts.pins().ids());
      List<Found> all = new ArrayList<>();
      for (int id : ids.stream().sorted(Integer::compareUnsigned).toList()) {
        all.add(new Found(id, meta(id), Optional.ofNullable(states.get(id))));
      }
      return all;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Returns the addresses of every probe that is ours. */
  static Set<Long> probes(List<Found> all) {
    Set<Long> probes = new HashSet<>();
    for (Found found : all) {
      found.state().ifPresent(s -> probes.addAll(s.sites()));
    }
    return probes;
  }

  private Optional<Meta> meta(int id) throws IOException {
    Path pin = parts.pins().meta(id);
    if (!Files.exists(pin)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Meta.read(parts.bpf().get().readBlob(pin)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Describes a constant that has a description.
   *
   * @param coverage what this process has verified of its text
   */
  LoadedTunable describe(Found found, TextCoverage coverage) throws RuntimeRefusedException {
    Meta meta = found.meta().orElseThrow();
    try {
      Optional<Constants.State> state = found.state();
      int sites = state.map(s -> s.sites().size()).orElse(0);
      Standing standing = forms.of(meta.form().form()).standing(found.id(), sites);
      boolean active = state.isPresent() && state.get().active();
      boolean whole = !found.leftover() && !found.moving();
      String drift = whole ? drift(state.orElseThrow(), standing) : "";
      State shown = !whole ? State.INCOMPLETE : drift.isEmpty() ? State.APPLIED : State.DRIFTED;
      return new LoadedTunable(
          found.id(),
          meta.constant(),
          meta.owner(),
          meta.revision(),
          meta.mode(),
          meta.planDigest(),
          meta.definitionDigest(),
          active ? value(meta, state.get().value()) : "",
          active,
          standing.hits(),
          standing.applied(),
          standing.denied(),
          standing.missed(),
          shown,
          found.moving()
              ? "Tasks are going over from one value to another; what is shown is the one it was"
                  + " told to go to."
              : shown == State.INCOMPLETE
                  ? "It is being loaded or unloaded just now, or a process ended while it was; then"
                      + " apply or revert cleans it up."
                  : drift,
          meta.form(),
          coverage);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static String value(Meta meta, long bits) {
    return meta.signed() ? Long.toString(bits) : Long.toUnsignedString(bits);
  }

  private String drift(Constants.State state, Standing standing) throws IOException {
    if (standing.denied() > 0) {
      return "xk-kfuncs refused "
          + standing.denied()
          + " writes: the loaded programs and the granted sites do not belong together; revert and"
          + " apply again.";
    }
    if (standing.probes() != state.sites().size()) {
      return standing.probes()
          + " of "
          + state.sites().size()
          + " probes are left: somebody removed pins or a module; apply again to repair it.";
    }
    try (LiveMemory memory = parts.text().open()) {
      List<Long> unarmed = new TextVerifier(memory).unarmed(new HashSet<>(state.sites()));
      return unarmed.isEmpty()
          ? ""
          : "The probe at 0x"
              + Long.toHexString(unarmed.getFirst())
              + (unarmed.size() > 1 ? " and " + (unarmed.size() - 1) + " more are" : " is")
              + " not armed: kprobes were switched off or removed.";
    }
  }

  static RuntimeRefusedException unreadable(IOException e) {
    return new RuntimeRefusedException(
        Reason.STATE_UNREADABLE,
        "What is loaded on this node cannot be read or changed: " + e.getMessage() + ".",
        e);
  }
}
