// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.diff.DifferingFunction.VersionCode;
import io.kernelx.sie.diff.InstructionKey.Landing;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitDifference.Unusable;
import io.kernelx.sie.diff.VersionAlignment.Crossing;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds where the versions of a translation unit differ.
 *
 * <ol>
 *   <li>Data sections are compared: a changed layout ends here.
 *   <li>Functions are paired by name, in order; a function that only one version has means that
 *       inlining or cloning was decided differently.
 *   <li>Functions whose bytes and relocations are equal are done. The others are decoded, their
 *       blocks paired by control flow and the blocks' instructions aligned.
 *   <li>What is left without a partner in any version makes up the regions, one per block.
 *   <li>Branches and tables that lead into the middle of another function (an out-of-line part and
 *       back, a switch) must land on instructions that are partners there.
 * </ol>
 *
 * <p>Thread-safe.
 */
public final class UnitDiffer {
  private final Decoder decoder;

  public UnitDiffer(Decoder decoder) {
    this.decoder = decoder;
  }

  /**
   * Compares one unit.
   *
   * @param unit the source file, relative to the tree
   * @param module {@code vmlinux} or the module's name
   * @param v1 as the running kernel has it
   * @param others with other values, at least one
   */
  public UnitDifference diff(String unit, String module, CodeObject v1, List<UnitVersion> others) {
    return new Run(decoder, unit, module, v1, List.copyOf(others)).diff();
  }

  /**
   * Says why there is nothing to plan, once all units have been compared.
   *
   * @return the first unit's refusal; or {@code InitOnly} or {@code NoCodeDifference} if no
   *     function and no data differs that outlives boot; else empty
   */
  public static Optional<Refusal> refusal(String constant, List<UnitDifference> units) {
    boolean init = false;
    boolean usable = false;
    for (UnitDifference unit : units) {
      switch (unit) {
        case Unusable unusable -> {
          return Optional.of(unusable.refusal());
        }
        case Different different -> {
          init |= !different.initFunctions().isEmpty();
          usable |= !different.functions().isEmpty() || !different.data().isEmpty();
        }
      }
    }
    if (usable) {
      return Optional.empty();
    }
    return Optional.of(
        init
            ? new Refusal(
                Reason.INIT_ONLY,
                "%s is used only by code that runs once at boot and is then thrown away"
                    .formatted(constant))
            : new Refusal(
                Reason.NO_CODE_DIFFERENCE,
                "%s makes no difference to the compiled code of %d unit(s)"
                    .formatted(constant, units.size())));
  }

  /** One comparison; holds what the steps share. */
  private static final class Run {
    private final Decoder decoder;
    private final String unit;
    private final String module;
    private final CodeObject v1;
    private final List<UnitVersion> others;
    private final Map<String, Aligned> alignedByName = new HashMap<>();
    private final List<DifferingFunction> functions = new ArrayList<>();
    private final List<String> initFunctions = new ArrayList<>();
    private final List<DifferingFunction> initCode = new ArrayList<>();

    private record Aligned(
        FunctionCode v1, List<VersionCode> others, List<VersionAlignment> alignments) {}

    Run(Decoder decoder, String unit, String module, CodeObject v1, List<UnitVersion> others) {
      this.decoder = decoder;
      this.unit = unit;
      this.module = module;
      this.v1 = v1;
      this.others = others;
    }

    UnitDifference diff() {
      DataDiffer data = new DataDiffer(unit, v1, others);
      Optional<Refusal> layout = data.layoutChange();
      if (layout.isPresent()) {
        return new Unusable(unit, layout.get());
      }
      Optional<Refusal> ambiguous = ambiguous();
      if (ambiguous.isPresent()) {
        return new Unusable(unit, ambiguous.get());
      }
      Map<String, Integer> seen = new HashMap<>();
      for (ObjectFunction function : v1.functions()) {
        int occurrence = seen.merge(function.name(), 1, Integer::sum) - 1;
        Optional<Refusal> refusal = compare(function, occurrence);
        if (refusal.isPresent()) {
          return new Unusable(unit, refusal.get());
        }
      }
      for (UnitVersion other : others) {
        if (other.object().functions().size() != v1.functions().size()) {
          return new Unusable(unit, otherFunctions("other functions are split off", other));
        }
      }
      for (Map.Entry<String, Aligned> entry : alignedByName.entrySet()) {
        Optional<Refusal> refusal = crossings(entry.getKey(), entry.getValue());
        if (refusal.isPresent()) {
          return new Unusable(unit, refusal.get());
        }
      }
      for (int k = 0; k < others.size(); k++) {
        for (Crossing crossing : data.crossings(k)) {
          if (!partners(crossing, k)) {
            return new Unusable(unit, controlFlow(crossing.v1().symbol(), others.get(k)));
          }
        }
      }
      return new Different(unit, functions, initFunctions, initCode, data.differences());
    }

    private Optional<Refusal> ambiguous() {
      return Stream.concat(Stream.of(v1), others.stream().map(UnitVersion::object))
          .flatMap(object -> AmbiguousNames.referenced(object).stream())
          .findFirst()
          .map(
              name ->
                  new Refusal(
                      Reason.NOT_PROVABLE,
                      "%s: more than one function or variable is called %s, and references do not tell which is meant"
                          .formatted(unit, name)));
    }

    private Optional<Refusal> compare(ObjectFunction function, int occurrence) {
      List<ObjectFunction> versions = new ArrayList<>();
      for (UnitVersion other : others) {
        List<ObjectFunction> found =
            other.object().functions().stream()
                .filter(f -> f.name().equals(function.name()))
                .toList();
        if (occurrence >= found.size()) {
          return Optional.of(otherFunctions(function.name() + " is inlined or cloned", other));
        }
        versions.add(found.get(occurrence));
      }
      if (versions.stream().allMatch(version -> identical(function, version))) {
        return Optional.empty();
      }
      try {
        return align(function, versions);
      } catch (UndecodableFunctionException e) {
        return Optional.of(
            new Refusal(Reason.UNSUPPORTED_INSTRUCTION, unit + ": " + e.getMessage()));
      }
    }

    private Optional<Refusal> align(ObjectFunction function, List<ObjectFunction> versions) {
      FunctionCode code = FlowGraph.of(function, decoder);
      List<VersionCode> codes = new ArrayList<>();
      List<VersionAlignment> alignments = new ArrayList<>();
      for (int k = 0; k < versions.size(); k++) {
        FunctionCode other = FlowGraph.of(versions.get(k), decoder);
        Optional<VersionAlignment> alignment = VersionAlignment.of(code, other);
        if (alignment.isEmpty()) {
          if (function.init()) {
            initFunctions.add(function.name());
            return Optional.empty();
          }
          return Optional.of(controlFlow(function.name(), others.get(k)));
        }
        codes.add(new VersionCode(others.get(k).value(), other));
        alignments.add(alignment.get());
      }
      alignedByName.put(function.name(), new Aligned(code, codes, alignments));
      List<Region> regions = FunctionDiffer.regions(code, codes, alignments);
      if (regions.isEmpty()) {
        return Optional.empty();
      }
      DifferingFunction differing =
          new DifferingFunction(
              unit,
              function.name(),
              function.planned(unit, module),
              code,
              codes,
              regions,
              alignments.stream().map(VersionAlignment::blockPairs).toList());
      if (function.init()) {
        initFunctions.add(function.name());
        initCode.add(differing);
      } else {
        functions.add(differing);
      }
      return Optional.empty();
    }

    private static boolean identical(ObjectFunction a, ObjectFunction b) {
      return a.text().equals(b.text())
          && a.relocations().equals(b.relocations())
          && a.localTargets().equals(b.localTargets())
          && a.edges().equals(b.edges())
          && a.entries().equals(b.entries());
    }

    private Optional<Refusal> crossings(String name, Aligned aligned) {
      for (int k = 0; k < others.size(); k++) {
        for (Crossing crossing : aligned.alignments().get(k).crossings()) {
          if (!partners(crossing, k)) {
            return Optional.of(controlFlow(name, others.get(k)));
          }
        }
      }
      return Optional.empty();
    }

    private boolean partners(Crossing crossing, int version) {
      Landing from = crossing.v1();
      Landing to = crossing.other();
      Aligned target = alignedByName.get(from.symbol());
      if (target == null || !from.symbol().equals(to.symbol())) {
        return from.equals(to);
      }
      int index = indexOf(target.v1(), from.offset());
      int expected = indexOf(target.others().get(version).code(), to.offset());
      if (index < 0 || expected < 0) {
        return false;
      }
      VersionAlignment alignment = target.alignments().get(version);
      int block = target.v1().blockOf(index).index();
      int partnerBlock = target.others().get(version).code().blockOf(expected).index();
      return alignment.blockPairs().get(block) == partnerBlock
          && target.v1().blocks().get(block).first() == index
          && target.others().get(version).code().blocks().get(partnerBlock).first() == expected;
    }

    private static int indexOf(FunctionCode code, int offset) {
      for (int i = 0; i < code.instructions().size(); i++) {
        if (code.instructions().get(i).offset() == offset) {
          return i;
        }
      }
      return -1;
    }

    private Refusal controlFlow(String function, UnitVersion other) {
      return new Refusal(
          Reason.CHANGES_CONTROL_FLOW,
          "%s: with the value %s the control flow of %s changes; choose values that compile alike"
              .formatted(unit, other.value(), function));
    }

    private Refusal otherFunctions(String what, UnitVersion other) {
      return new Refusal(
          Reason.CHANGES_CONTROL_FLOW,
          "%s: with the value %s %s differently; choose values that compile alike"
              .formatted(unit, other.value(), what));
    }
  }
}
