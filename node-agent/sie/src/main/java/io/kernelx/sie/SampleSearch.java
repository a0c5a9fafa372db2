// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.PlanSearch.Found;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.UnitDiffer;
import io.kernelx.sie.diff.UnitDifference;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitDifference.Unusable;
import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Chooses the values that V1 is compared with.
 *
 * <ol>
 *   <li>A value at which the code is V1's shows nothing and is left out; so is one that does not
 *       compile, or compiles to other blocks or data.
 *   <li>Pairs of the others are tried, the first ones first, until one yields probes that are
 *       proved. That what is kept, or was done at boot, fits the compiled value is final: values at
 *       which the code does not show it would only hide it. If no pair yields probes, the answer is
 *       the first refusal, or that memory seems to hang on the constant.
 *   <li>Two values may hide a place that others show. Where the code with a variable in the
 *       constant's place reads it in a function that has no probes, or where there is no such code,
 *       the value farthest from V1 is compared too, and taken in if it shows more.
 * </ol>
 *
 * <p>Whatever is left out or taken in is said in the notes. For one thread.
 */
final class SampleSearch {

  private static final int MOST_COMPARED = 6;
  private static final int MOST_USEFUL = 4;

  private final PlanSearch search;
  private final CompiledConstant constant;
  private final List<String> notes;
  private final List<BigInteger> compared = new ArrayList<>();
  private RefusedException first;
  private List<BigInteger> failed = List.of();

  SampleSearch(PlanSearch search, List<String> notes) {
    this.search = search;
    this.constant = search.constant();
    this.notes = notes;
  }

  /**
   * Finds probes.
   *
   * @throws RefusedException if no pair of values yields any
   */
  Found find() {
    List<BigInteger> useful = new ArrayList<>();
    List<BigInteger> folded = new ArrayList<>();
    for (BigInteger v : constant.samples().stream().limit(MOST_COMPARED).toList()) {
      if (useful.size() == MOST_USEFUL) {
        break;
      }
      switch (look(v)) {
        case SHOWS -> {
          useful.add(v);
          Optional<Found> found = pairs(useful);
          if (found.isPresent()) {
            return found.get();
          }
        }
        case SAME -> {
          folded.add(v);
          notes.add(
              "%s compiles to the same code as the compiled value %s and shows nothing."
                  .formatted(v, constant.original()));
        }
        case UNUSABLE -> {}
      }
    }
    if (useful.size() == 1) {
      List<BigInteger> samples = Stream.concat(useful.stream(), folded.stream().limit(1)).toList();
      return attempt(samples).orElseThrow(this::reason);
    }
    if (first == null && !folded.isEmpty()) {
      throw new RefusedException(
          UnitDiffer.refusal(search.name(), search.compare(folded)).orElseThrow());
    }
    throw first != null
        ? reason()
        : new RefusedException(
            Reason.NO_CODE_DIFFERENCE,
            "%s leaves no other value to compare with; widen its range.".formatted(search.name()));
  }

  private enum Look {
    SHOWS,
    SAME,
    UNUSABLE
  }

  private Look look(BigInteger v) {
    try {
      compared.add(v);
      List<UnitDifference> differences = search.compare(List.of(v));
      for (UnitDifference d : differences) {
        if (d instanceof Unusable unusable) {
          throw new RefusedException(unusable.refusal());
        }
      }
      boolean shows =
          differences.stream()
              .map(d -> (Different) d)
              .anyMatch(d -> !d.functions().isEmpty() || !d.data().isEmpty());
      return shows ? Look.SHOWS : Look.SAME;
    } catch (RefusedException e) {
      first = first == null ? e : first;
      notes.add("%s was left out: %s".formatted(v, sentence(e.refusal())));
      return Look.UNUSABLE;
    }
  }

  /** Tries the newest value with the first one and with the one before it. */
  private Optional<Found> pairs(List<BigInteger> useful) {
    BigInteger last = useful.getLast();
    if (useful.size() == 1) {
      return Optional.empty();
    }
    Optional<Found> found = attempt(List.of(useful.getFirst(), last));
    return found.isPresent() || useful.size() == 2
        ? found
        : attempt(List.of(useful.get(useful.size() - 2), last));
  }

  private Optional<Found> attempt(List<BigInteger> samples) {
    try {
      return Optional.of(search.find(samples));
    } catch (RefusedException e) {
      if (e.refusal().reason() == Reason.SIZES_MEMORY) {
        throw e;
      }
      first = first == null ? e : first;
      failed = failed.isEmpty() ? samples : failed;
      notes.add("Compared with %s: %s".formatted(samples, sentence(e.refusal())));
      return Optional.empty();
    }
  }

  /**
   * Returns why there are no probes. That memory hangs on the constant says more than that some
   * versions do not compile alike; that a function takes no probes is sure.
   */
  private RefusedException reason() {
    if (failed.isEmpty() || first.refusal().reason() == Reason.PROBE_SITE_BLACKLISTED) {
      return first;
    }
    return search.memory(failed).map(RefusedException::new).orElse(first);
  }

  /** Takes in a value that shows places which the samples so far have hidden. */
  Found complete(Found found) {
    Optional<List<String>> silent = silent(found);
    if (silent.isPresent() && silent.get().isEmpty()) {
      return found;
    }
    Found best = found;
    Optional<BigInteger> farthest =
        constant.samples().stream()
            .filter(v -> !compared.contains(v))
            .max(Comparator.comparing(v -> v.subtract(constant.original()).abs()));
    if (farthest.isPresent() && look(farthest.get()) == Look.SHOWS) {
      best = withHidden(best, farthest.get());
    }
    silent(best).stream()
        .flatMap(List::stream)
        .forEach(
            f ->
                notes.add(
                    "%s uses the constant, but was compiled alike at every value tried."
                        .formatted(f)));
    return best;
  }

  private Found withHidden(Found found, BigInteger v) {
    List<String> hidden =
        search.compare(List.of(v)).stream()
            .flatMap(d -> ((Different) d).functions().stream())
            .filter(f -> !found.holds(f.unit(), f.name()))
            .map(DifferingFunction::name)
            .toList();
    if (hidden.isEmpty()) {
      return found;
    }
    List<BigInteger> samples = Stream.concat(found.samples().stream(), Stream.of(v)).toList();
    notes.add(
        "At %s there is a difference in %s that %s hide."
            .formatted(v, String.join(", ", hidden), found.samples()));
    return search.find(samples);
  }

  /**
   * Returns the functions that read the variable but have no probes, or empty if the code does not
   * compile with a variable.
   */
  private Optional<List<String>> silent(Found found) {
    try {
      CompiledConstant.Opaque opaque = constant.opaque();
      List<CompiledConstant.Unit> units = constant.compile(List.of());
      List<String> silent = new ArrayList<>();
      for (int k = 0; k < units.size(); k++) {
        CompiledConstant.Unit unit = units.get(k);
        for (ObjectFunction f : opaque.objects().get(k).functions()) {
          if (!f.init()
              && reads(f, opaque.symbol())
              && has(unit.v1(), f.name())
              && !found.holds(unit.unit(), f.name())) {
            silent.add(f.name());
          }
        }
      }
      return Optional.of(silent);
    } catch (RefusedException e) {
      return Optional.empty();
    }
  }

  private static boolean reads(ObjectFunction f, String symbol) {
    return f.relocations().stream().anyMatch(r -> r.symbol().equals(symbol));
  }

  private static boolean has(CodeObject object, String function) {
    return object.functions().stream().anyMatch(f -> f.name().equals(function));
  }

  private static String sentence(Refusal refusal) {
    return refusal.message().endsWith(".") ? refusal.message() : refusal.message() + ".";
  }
}
