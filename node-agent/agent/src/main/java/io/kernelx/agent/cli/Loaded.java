// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.RuntimeRefusedException;
import java.util.ArrayList;
import java.util.List;

/** What is loaded, as commands read and show it. */
final class Loaded {
  private Loaded() {}

  static List<LoadedTunable> all(Machine machine) {
    try {
      return machine.runtime().loaded();
    } catch (RuntimeRefusedException e) {
      throw refusal(e);
    }
  }

  /**
   * Finds one by ConstID or by the constant's name.
   *
   * @throws Failure if there is none
   */
  static LoadedTunable find(Machine machine, String id) {
    return all(machine).stream()
        .filter(l -> String.valueOf(l.constId()).equals(id) || l.constant().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.ERROR,
                    "Nothing is loaded under %s; xkernel-tool table list shows what is."
                        .formatted(id)));
  }

  static Failure refusal(RuntimeRefusedException e) {
    ExitCode code =
        e.reason() == RuntimeRefusedException.Reason.MISSING_CAPABILITY
            ? ExitCode.MISSING
            : ExitCode.REFUSED;
    return new Failure(code, e.reason().text() + ": " + e.getMessage());
  }

  static List<List<String>> rows(List<LoadedTunable> loaded) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("ID", "CONSTANT", "VALUE", "MODE", "STATE", "FORM", "HITS", "MISSED", "OWNER"));
    for (LoadedTunable l : loaded) {
      rows.add(
          List.of(
              String.valueOf(l.constId()),
              l.constant(),
              l.observedValue(),
              l.mode().text(),
              l.active() ? l.state().name() : "INERT",
              l.form().form().text(),
              String.valueOf(l.hits()),
              String.valueOf(l.missed()),
              l.owner()));
    }
    return rows;
  }
}
