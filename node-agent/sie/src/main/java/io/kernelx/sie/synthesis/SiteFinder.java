// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.Expr;
import io.kernelx.sie.symbolic.MachineState;
import io.kernelx.sie.synthesis.Seeds.Place;
import io.kernelx.sie.synthesis.SiteDraft.RegisterWrite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
 *       looked at with it in place.
 *   <li>Of the places that serve, those where the kernel can use a jump come first, then the
 *       earliest.
 * </ol>
 */
final class SiteFinder {

  /** More registers than this are not rewritten by one probe. */
  private static final int MAX_WRITES = 4;

  private static final int MAX_TEXT = 2000;

  private final FunctionCode code;
  private final Liveness live;
  private final KprobeRules rules;
  private final Map<Place, PlanExpression> fits;
  private final BasicBlock block;
  private String obstacle = "no place after it is reached only through it";

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
  }

  /** Says what stood in the way of the last place that was tried. */
  String obstacle() {
    return obstacle;
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
      Optional<SiteDraft> site = one(seeds.subList(0, n), before);
      if (site.isPresent()) {
        List<SiteDraft> more = new ArrayList<>(before);
        more.add(site.get());
        Optional<List<SiteDraft>> all = find(seeds.subList(n, seeds.size()), more);
        if (all.isPresent()) {
          return all;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<SiteDraft> one(List<Integer> seeds, List<SiteDraft> before) {
    for (int cut = seeds.getFirst(); cut >= block.first(); cut--) {
      List<Candidate> found = window(cut, seeds, before);
      if (!found.isEmpty()) {
        return Optional.of(draft(cut, seeds, found));
      }
    }
    return Optional.empty();
  }

  private record Candidate(int instruction, boolean optimisable, List<RegisterWrite> writes) {}

  private List<Candidate> window(int cut, List<Integer> seeds, List<SiteDraft> before) {
    MachineState actual = MachineState.fresh("a");
    MachineState wanted = MachineState.fresh("w");
    ProbedExecution asIs =
        new ProbedExecution(code, Constants.AS_ENCODED, before, ExpressionWriter.V);
    Constants replaced = replaced(seeds);
    ProbedExecution asWanted = new ProbedExecution(code, replaced, before, ExpressionWriter.V);
    int after = seeds.getLast() + 1;
    asIs.run(actual, cut, after);
    asWanted.run(wanted, cut, after);
    List<Candidate> found = new ArrayList<>();
    for (int p = after; p < block.end(); p++) {
      if (!actual.events().equals(wanted.events())) {
        obstacle = "memory is written, or something is called, before a probe can stand";
        break;
      }
      LiveSet needed = live.before(p);
      Set<Register> differing = differing(actual, wanted, needed);
      Optional<List<RegisterWrite>> writes = writes(actual, wanted, needed, differing);
      Instruction here = code.instructions().get(p);
      int place = p;
      boolean free = before.stream().noneMatch(s -> s.instruction() == place);
      if (writes.isPresent() && !writes.get().isEmpty() && rules.legal(here) && free) {
        found.add(new Candidate(p, rules.jumpOptimisable(p), writes.get()));
      }
      LiveSet reads = Liveness.readBy(code, p);
      boolean flags = flagsDiffer(actual, wanted, needed);
      boolean read =
          differing.stream().anyMatch(r -> reads.bits(r) != 0)
              || flags && MachineState.FLAGS.stream().anyMatch(reads::has);
      if (read || differing.isEmpty() && !flags) {
        break;
      }
      asIs.run(actual, p, p + 1);
      asWanted.run(wanted, p, p + 1);
    }
    return found;
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

  private static Set<Register> differing(MachineState a, MachineState w, LiveSet needed) {
    EnumSet<Register> set = EnumSet.noneOf(Register.class);
    for (Register r : LiveSet.GENERAL) {
      if (differs(a.register(r), w.register(r), needed.bits(r))) {
        set.add(r);
      }
    }
    return set;
  }

  private static boolean differs(Expr a, Expr w, long mask) {
    if (mask == 0) {
      return false;
    }
    int low = Long.numberOfTrailingZeros(mask);
    int high = 63 - Long.numberOfLeadingZeros(mask);
    return !Bits.extract(a, high, low).equals(Bits.extract(w, high, low));
  }

  private Optional<List<RegisterWrite>> writes(
      MachineState actual, MachineState wanted, LiveSet needed, Set<Register> differing) {
    if (differing.contains(Register.RSP) || differing.size() > MAX_WRITES) {
      obstacle = "too many registers follow the constant there";
      return Optional.empty();
    }
    Set<Register> usable = EnumSet.copyOf(LiveSet.GENERAL);
    usable.remove(Register.RSP);
    ExpressionWriter writer = new ExpressionWriter(actual, usable);
    List<RegisterWrite> writes = new ArrayList<>();
    if (flagsDiffer(actual, wanted, needed)) {
      Optional<PlanExpression> e = flags(writer, wanted, needed);
      if (e.isEmpty()) {
        return Optional.empty();
      }
      writes.add(new RegisterWrite(Register.RFLAGS, 64, e.get()));
    }
    for (Register r : differing) {
      int width = width(needed.bits(r), wanted.register(r));
      Optional<PlanExpression> e = writer.low(Bits.low(wanted.register(r), width));
      if (e.isEmpty() || e.get().text().length() > MAX_TEXT) {
        obstacle =
            "what "
                + r.ptRegsName().orElseThrow()
                + " was computed from has been overwritten before a probe can stand";
        return Optional.empty();
      }
      writes.add(new RegisterWrite(r, width, e.get()));
    }
    return Optional.of(writes);
  }

  private static boolean flagsDiffer(MachineState a, MachineState w, LiveSet needed) {
    return MachineState.FLAGS.stream().anyMatch(f -> needed.has(f) && !a.flag(f).equals(w.flag(f)));
  }

  /** Returns the flags that are needed, each in its bit; those that are not come out as 0. */
  private Optional<PlanExpression> flags(
      ExpressionWriter writer, MachineState wanted, LiveSet needed) {
    Expr all = Bits.constant(64, 0);
    for (Flag f : Flag.values()) {
      if (MachineState.FLAGS.contains(f) && needed.has(f)) {
        Expr placed = Bits.shl(Bits.zext(wanted.flag(f), 64), Bits.constant(64, f.bit()));
        all = Bits.add(all, placed);
      }
    }
    Optional<PlanExpression> e = writer.low(all);
    if (e.isEmpty()) {
      obstacle = "the flags that follow the constant cannot be computed anew at any place after it";
    }
    return e.filter(x -> x.text().length() <= MAX_TEXT);
  }

  /** Returns the least width whose write sets every bit that is needed; 32 clears the rest. */
  private static int width(long needed, Expr wanted) {
    int bits = 64 - Long.numberOfLeadingZeros(needed);
    boolean clear = Bits.extract(wanted, 63, 32).isConst(0);
    return bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 || clear ? 32 : 64;
  }

  private SiteDraft draft(int cut, List<Integer> seeds, List<Candidate> found) {
    List<Candidate> ordered = new ArrayList<>(found);
    ordered.sort(
        Comparator.comparing(Candidate::optimisable)
            .reversed()
            .thenComparing(Candidate::instruction));
    Candidate best = ordered.getFirst();
    boolean recomputes = best.writes().stream().anyMatch(w -> w.expression().readsRegisters());
    boolean flags = best.writes().stream().anyMatch(w -> w.register() == Register.RFLAGS);
    return new SiteDraft(
        block.index(),
        best.instruction(),
        flags
            ? ProbeSite.Kind.FLAGS
            : recomputes ? ProbeSite.Kind.IRREVERSIBLE : ProbeSite.Kind.REGISTER,
        best.optimisable(),
        code.instructions().get(cut).offset(),
        code.instructions().get(seeds.getLast()).end(),
        ordered.stream().map(c -> code.instructions().get(c.instruction()).offset()).toList(),
        best.writes());
  }
}
