// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.symbolic.MachineState;
import io.kernelx.sie.synthesis.SiteDraft.RegisterWrite;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a site's probe could be a jump at all, by the kernel's rules and by the ways through the
 * code. Nothing is asked about what the probe would have to write there: so this tells how good the
 * choice of places is, and is not made by what chooses them.
 *
 * <ol>
 *   <li>The window begins behind the seeds and ends with the first instruction that reads what the
 *       constant made, inclusive.
 *   <li>It goes on into the next block if no other way leads there, and if no other block that can
 *       be next still needs what the constant made.
 *   <li>A place is legal if a probe may stand there and the kernel can make a jump of it.
 * </ol>
 */
public final class JumpPlaces {
  private final FunctionCode code;
  private final Liveness live;
  private final KprobeRules rules;

  public JumpPlaces(FunctionCode code) {
    this.code = code;
    this.live = new Liveness(code);
    this.rules = new KprobeRules(code);
  }

  /**
   * The places of one site.
   *
   * @param legal offsets of all that are legal, ascending
   * @param obstacle why the window's first place is not, if none is
   */
  public record Legal(List<Integer> legal, Optional<JumpObstacle> obstacle) {
    public Legal {
      legal = List.copyOf(legal);
    }
  }

  /** Returns where the site's probe could be a jump; its own place if it is one already. */
  public Legal of(SiteDraft site) {
    if (site.jumpOptimisable()) {
      return new Legal(
          List.of(code.instructions().get(site.instruction()).offset()), Optional.empty());
    }
    if (site.skip().flatMap(SiteDraft.Skip::store).isPresent()) {
      return new Legal(List.of(), Optional.of(JumpObstacle.IN_MEMORY));
    }
    List<Integer> window = window(site);
    List<Integer> legal =
        window.stream()
            .filter(p -> rules.legal(code.instructions().get(p)) && rules.jumpOptimisable(p))
            .map(p -> code.instructions().get(p).offset())
            .sorted()
            .toList();
    Optional<JumpObstacle> first =
        window.isEmpty()
            ? Optional.of(JumpObstacle.OTHERS_JOIN)
            : rules.obstacle(window.getFirst()).or(() -> Optional.of(JumpObstacle.PATCHED));
    return new Legal(legal, legal.isEmpty() ? first : Optional.empty());
  }

  /** Returns indices of instructions, in the order in which they run. */
  private List<Integer> window(SiteDraft site) {
    Set<Register> made =
        site.writes().stream().map(RegisterWrite::register).collect(Collectors.toSet());
    List<Integer> places = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    Optional<BasicBlock> block = Optional.of(code.blocks().get(site.block()));
    while (block.isPresent() && seen.add(block.get().index())) {
      for (int p = block.get().first(); p < block.get().end(); p++) {
        if (block.get().index() == site.block()
            && code.instructions().get(p).offset() < site.spanEnd()) {
          continue;
        }
        if (!needs(live.before(p), made)) {
          return places;
        }
        places.add(p);
        if (needs(Liveness.readBy(code, p), made)) {
          return places;
        }
      }
      block = next(block.get(), made);
    }
    return places;
  }

  /** Returns the block that is next wherever what the constant made is still needed. */
  private Optional<BasicBlock> next(BasicBlock block, Set<Register> made) {
    List<BasicBlock> needing =
        block.successors().stream()
            .distinct()
            .map(code.blocks()::get)
            .filter(b -> needs(live.before(b.first()), made))
            .toList();
    boolean one = !block.leaves() && needing.size() == 1;
    return one && onlyFrom(block, needing.getFirst())
        ? Optional.of(needing.getFirst())
        : Optional.empty();
  }

  private boolean onlyFrom(BasicBlock block, BasicBlock next) {
    return !next.entry()
        && code.blocks().stream()
            .filter(b -> b.successors().contains(next.index()))
            .allMatch(b -> b.index() == block.index());
  }

  private static boolean needs(LiveSet set, Set<Register> made) {
    return made.stream()
        .anyMatch(
            r ->
                r == Register.RFLAGS
                    ? MachineState.FLAGS.stream().anyMatch(set::has)
                    : set.bits(r) != 0);
  }
}
