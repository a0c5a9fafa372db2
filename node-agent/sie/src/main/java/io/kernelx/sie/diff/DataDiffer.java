// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.diff.InstructionKey.Landing;
import io.kernelx.sie.diff.VersionAlignment.Crossing;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.DataSection;
import io.kernelx.sie.object.DataSection.Reference;
import io.kernelx.sie.object.DataSymbol;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Compares what the versions of a unit put into data sections. */
final class DataDiffer {
  private final String unit;
  private final CodeObject v1;
  private final List<UnitVersion> others;

  DataDiffer(String unit, CodeObject v1, List<UnitVersion> others) {
    this.unit = unit;
    this.v1 = v1;
    this.others = others;
  }

  /** Returns the refusal if sizes, places or references differ. */
  Optional<Refusal> layoutChange() {
    for (UnitVersion other : others) {
      List<DataSection> sections = other.object().data();
      for (int i = 0; i < Math.max(v1.data().size(), sections.size()); i++) {
        DataSection a = i < v1.data().size() ? v1.data().get(i) : null;
        DataSection b = i < sections.size() ? sections.get(i) : null;
        if (a == null
            || b == null
            || !a.name().equals(b.name())
            || a.size() != b.size()
            || !targets(a).equals(targets(b))) {
          return Optional.of(layout(Objects.requireNonNullElse(a, b).name(), other));
        }
      }
      if (!v1.symbols().equals(other.object().symbols())) {
        return Optional.of(layout("the variables", other));
      }
    }
    return Optional.empty();
  }

  private static List<List<Object>> targets(DataSection s) {
    return s.references().stream().map(r -> List.<Object>of(r.offset(), r.target())).toList();
  }

  /**
   * Returns where data, such as a table of jumps, leads into the middle of functions; to be asked
   * only if the layout does not change.
   *
   * @param other index of the other version
   */
  List<Crossing> crossings(int other) {
    List<Crossing> all = new ArrayList<>();
    for (int i = 0; i < v1.data().size(); i++) {
      List<Reference> own = v1.data().get(i).references();
      List<Reference> theirs = others.get(other).object().data().get(i).references();
      for (int k = 0; k < own.size(); k++) {
        Reference a = own.get(k);
        String function = a.target().substring(0, Math.max(0, a.target().length() - 1));
        boolean entry =
            a.landing() > 0
                && v1.functions().stream()
                    .anyMatch(f -> f.name().equals(function) && f.entries().contains(a.landing()));
        if (entry) {
          all.add(
              new Crossing(
                  new Landing(function, a.landing()),
                  new Landing(function, theirs.get(k).landing())));
        }
      }
    }
    return all;
  }

  private Refusal layout(String what, UnitVersion other) {
    return new Refusal(
        Reason.CHANGES_LAYOUT,
        "%s: with the value %s the layout of data changes (%s); a running kernel's data cannot be moved"
            .formatted(unit, other.value(), what));
  }

  /** Returns the places whose content differs; to be asked only if the layout does not change. */
  List<DifferingData> differences() {
    List<DifferingData> all = new ArrayList<>();
    for (int i = 0; i < v1.data().size(); i++) {
      DataSection section = v1.data().get(i);
      int index = i;
      List<Bytes> contents =
          others.stream().map(o -> o.object().data().get(index).content()).toList();
      int first = -1;
      int last = -1;
      for (int at = 0; at < section.content().length(); at++) {
        int position = at;
        if (contents.stream().anyMatch(c -> c.at(position) != section.content().at(position))) {
          first = first < 0 ? at : first;
          last = at;
        }
      }
      if (first >= 0) {
        all.add(difference(section, contents, first, last + 1));
      }
    }
    return all;
  }

  private DifferingData difference(DataSection section, List<Bytes> contents, int first, int end) {
    Optional<DataSymbol> symbol =
        v1.symbols().stream()
            .filter(s -> s.section().equals(section.name()))
            .filter(s -> s.offset() <= first && end <= s.offset() + s.size())
            .findFirst();
    return new DifferingData(
        unit,
        symbol.map(DataSymbol::name).orElse(section.name()),
        section.name(),
        section.writable(),
        first - symbol.map(DataSymbol::offset).orElse(0L),
        section.content().slice(first, end),
        contents.stream().map(c -> c.slice(first, end)).toList());
  }
}
