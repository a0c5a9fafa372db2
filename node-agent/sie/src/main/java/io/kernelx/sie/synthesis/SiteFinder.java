// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.diff.IndexRange;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.MachineState;
import io.kernelx.sie.synthesis.Seeds.Place;
import io.kernelx.sie.synthesis.SiteDraft.RegisterWrite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds where, in one block, a probe can put right what the constant's numbers did.
 *
 * <ol>
 *   <li>The block's code is executed twice: as it is, and with each number replaced by its f(V).
 *       Nothing outside the registers may come out different before the probe.
 *   <li>The candidate window goes from after the last seed to the first instruction that reads a
 *       register which differs and is live, inclusive, and never beyond the block: every way to it
 *       leads through the seeds.
 *   <li>At each place of the window the registers that differ are written anew from V and from what
 *       the registers hold there. If something that is needed has been overwritten, the executions
 *       begin one instruction earlier, up to the block's start: what was computed from registers
 *       that still stand is computed again.
 *   <li>If no place serves all seeds, the first seeds get a probe of their own, and the rest are
 *       looked at with it in place. A seed that no place serves is stepped over ({@link
 *       SkipFinder}); if it cannot be, a later instruction is ({@link StoreCarrier}).
 *   <li>Of the places that serve, those where the kernel can use a jump come first, then the
 *       earliest. If there is none of them, a place before the seeds is taken where it can ({@link
 *       InputFinder}).
 * </ol>
 */
final class SiteFinder {

  /** So far before the seed, in instructions, its inputs are looked for. */
  private static final int REACH = 48;

  /** So far before the seed, in instructions, its inputs are changed. */
  private static final int EARLIER = 6;

  /** So many probes are tried for one block; more means that no way is found soon. */
  private static final int ATTEMPTS = 200;

  private final FunctionCode code;
  private final Liveness live;
  private final KprobeRules rules;
  private final Map<Place, PlanExpression> fits;
  private final BasicBlock block;
  private final SkipFinder skips;
  private final StoreCarrier carrier;
  private String obstacle = "no place after it is reached only through it";
  private int failed;
  private int attempts;

  SiteFinder(
      FunctionCode code,
      Liveness live,
      KprobeRules rules,
      Map<Place, PlanExpression> fits,
      BasicBlock block) {
    this.code = code;
    this.live = live;
    this.rules = rules;
    this.fits = fits;
    this.block = block;
    this.skips = new SkipFinder(code, live, rules, block);
    this.carrier = new StoreCarrier(code, live, rules, block);
  }

  /** Says what stood in the way of the last place that was tried, and of stepping over the seed. */
  String obstacle() {
    return skips.obstacle().isEmpty()
        ? obstacle
        : obstacle + ", and it must run as it is: " + skips.obstacle();
  }

  /** Returns the seed that no probe was found for, the last that was tried. */
  int failedSeed() {
    return failed;
  }

  /** Says why the seed cannot be stepped over. */
  String skipObstacle() {
    return skips.obstacle();
  }

  /**
   * Finds probes for seeds.
   *
   * @param seeds indices of instructions of the block, ascending
   * @return the probes in order of address, or empty if there is no way
   */
  Optional<List<SiteDraft>> find(List<Integer> seeds) {
    return find(seeds, List.of());
  }

  private Optional<List<SiteDraft>> find(List<Integer> seeds, List<SiteDraft> before) {
    if (seeds.isEmpty()) {
      return Optional.of(before);
    }
    for (int n = seeds.size(); n > 0; n--) {
      for (SiteDraft site : one(seeds.subList(0, n), before)) {
        Optional<List<SiteDraft>> all =
            with(Optional.of(site), seeds.subList(n, seeds.size()), before);
        if (all.isPresent()) {
          return all;
        }
      }
    }
    List<Integer> first = seeds.subList(0, 1);
    failed = first.getFirst();
    boolean free = before.stream().noneMatch(s -> s.instruction() == first.getFirst());
    Optional<SiteDraft> skipped =
        free ? skips.at(first.getFirst(), replaced(first)) : Optional.empty();
    return with(
        skipped.or(() -> carrier.at(first.getFirst(), replaced(first), before)),
        seeds.subList(1, seeds.size()),
        before);
  }

  private Optional<List<SiteDraft>> with(
      Optional<SiteDraft> site, List<Integer> rest, List<SiteDraft> before) {
    if (site.isEmpty()) {
      return Optional.empty();
    }
    List<SiteDraft> more = new ArrayList<>(before);
    more.add(site.get());
    return find(rest, more);
  }

  /** Returns the probes that serve all the seeds at once, the best first. */
  private List<SiteDraft> one(List<Integer> seeds, List<SiteDraft> before) {
    if (attempts++ >= ATTEMPTS) {
      return List.of();
    }
    Optional<SiteDraft> behind = behind(seeds, before);
    Optional<SiteDraft> earlier = earlier(seeds, before);
    return behind.filter(SiteDraft::jumpOptimisable).isPresent()
        ? Stream.concat(behind.stream(), earlier.stream()).toList()
        : Stream.concat(earlier.stream(), behind.stream()).toList();
  }

  private Optional<SiteDraft> behind(List<Integer> seeds, List<SiteDraft> before) {
    int last = Math.max(block.first(), seeds.getFirst() - REACH);
    for (int cut = seeds.getFirst(); cut >= last; cut--) {
      Optional<List<Candidate>> found = window(cut, seeds, before);
      if (found.isEmpty()) {
        break;
      }
      if (!found.get().isEmpty()) {
        return Optional.of(draft(cut, seeds.getLast(), found.get()));
      }
    }
    return Optional.empty();
  }

  /** Finds the last place up to the seeds that serves and has room for a jump. */
  private Optional<SiteDraft> earlier(List<Integer> seeds, List<SiteDraft> before) {
    int first = Math.max(block.first(), seeds.getFirst() - EARLIER);
    int last = Math.max(block.first(), seeds.getFirst() - REACH);
    for (int p = seeds.getLast(); p >= first; p--) {
      int place = p;
      boolean free = before.stream().noneMatch(s -> s.instruction() == place);
      if (!free || !rules.legal(code.instructions().get(p)) || !rules.jumpOptimisable(p)) {
        continue;
      }
      for (int cut = Math.min(p, seeds.getFirst()); cut >= last; cut--) {
        Optional<RegisterWrite> write =
            new InputFinder(code, live, block, replaced(seeds), before, cut, seeds.getLast()).at(p);
        if (write.isPresent()) {
          Candidate found = new Candidate(p, true, List.of(write.get()));
          return Optional.of(draft(cut, seeds.getLast(), List.of(found)));
        }
      }
    }
    return Optional.empty();
  }

  private record Candidate(int instruction, boolean optimisable, List<RegisterWrite> writes) {}

  /** Returns the places that serve; empty if they would be none from an earlier start either. */
  private Optional<List<Candidate>> window(int cut, List<Integer> seeds, List<SiteDraft> before) {
    MachineState actual = MachineState.fresh("a");
    MachineState wanted = MachineState.fresh("w");
    ProbedExecution asIs =
        new ProbedExecution(code, Constants.AS_ENCODED, before, ExpressionWriter.V);
    Constants replaced = replaced(seeds);
    ProbedExecution asWanted = new ProbedExecution(code, replaced, before, ExpressionWriter.V);
    int after = seeds.getLast() + 1;
    asIs.run(actual, cut, after);
    asWanted.run(wanted, cut, after);
    if (!actual.events().equals(wanted.events())) {
      obstacle = "memory is written, or something is called, before a probe can stand";
      return Optional.empty();
    }
    return Optional.of(from(after, actual, wanted, before));
  }

  /**
   * Returns the places from {@code after} on that serve to make the actual state the wanted one.
   */
  private List<Candidate> from(
      int after, MachineState actual, MachineState wanted, List<SiteDraft> before) {
    ProbedExecution rest =
        new ProbedExecution(code, Constants.AS_ENCODED, before, ExpressionWriter.V);
    List<Candidate> found = new ArrayList<>();
    for (int p = after; p < block.end(); p++) {
      if (!actual.events().equals(wanted.events())) {
        obstacle = "memory is written, or something is called, before a probe can stand";
        break;
      }
      LiveSet needed = live.before(p);
      Rewrite rewrite = new Rewrite(actual, wanted, needed);
      Optional<List<RegisterWrite>> writes = rewrite.writes(actual, Optional.empty());
      if (writes.isEmpty()) {
        obstacle = rewrite.obstacle();
      }
      Instruction here = code.instructions().get(p);
      int place = p;
      boolean free = before.stream().noneMatch(s -> s.instruction() == place);
      if (writes.isPresent() && !writes.get().isEmpty() && rules.legal(here) && free) {
        found.add(new Candidate(p, rules.jumpOptimisable(p), writes.get()));
      }
      LiveSet reads = Liveness.readBy(code, p);
      boolean flags = rewrite.flagsDiffer();
      boolean read =
          rewrite.differing().stream().anyMatch(r -> reads.bits(r) != 0)
              || flags && MachineState.FLAGS.stream().anyMatch(reads::has);
      if (read || rewrite.differing().isEmpty() && !flags) {
        break;
      }
      rest.run(actual, p, p + 1);
      rest.run(wanted, p, p + 1);
    }
    return found;
  }

  /**
   * Finds one probe behind the place where V1's code and the code with a variable in the constant's
   * place go on alike.
   *
   * @return empty if there is none, or the two do different things to the world before
   */
  Optional<SiteDraft> anew(InVariable.Meeting meeting) {
    if (!meeting.actual().events().equals(meeting.wanted().events())) {
      return Optional.empty();
    }
    IndexRange region = meeting.region();
    List<Candidate> found = from(region.end(), meeting.actual(), meeting.wanted(), List.of());
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(draft(region.first(), Math.max(region.first(), region.end() - 1), found));
  }

  private Constants replaced(List<Integer> seeds) {
    return (instruction, operand) -> {
      for (int s : seeds) {
        if (code.instructions().get(s).offset() == instruction.offset()) {
          return Optional.ofNullable(fits.get(new Place(s, operand)))
              .map(
                  f ->
                      PlanSemantics.meaning(
                          f,
                          ExpressionWriter.V,
                          name -> {
                            throw new IllegalStateException("a fit reads " + name);
                          }));
        }
      }
      return Optional.empty();
    };
  }

  private SiteDraft draft(int start, int last, List<Candidate> found) {
    List<Candidate> ordered = new ArrayList<>(found);
    ordered.sort(
        Comparator.comparing(Candidate::optimisable)
            .reversed()
            .thenComparing(Candidate::instruction));
    Candidate best = ordered.getFirst();
    int first = Math.min(start, best.instruction());
    boolean recomputes = best.writes().stream().anyMatch(w -> w.expression().readsRegisters());
    boolean flags = best.writes().stream().anyMatch(w -> w.register() == Register.RFLAGS);
    return new SiteDraft(
        block.index(),
        best.instruction(),
        flags
            ? ProbeSite.Kind.FLAGS
            : recomputes ? ProbeSite.Kind.IRREVERSIBLE : ProbeSite.Kind.REGISTER,
        best.optimisable(),
        code.instructions().get(first).offset(),
        code.instructions().get(last).end(),
        ordered.stream().map(c -> code.instructions().get(c.instruction()).offset()).toList(),
        best.writes(),
        Optional.empty());
  }
}
