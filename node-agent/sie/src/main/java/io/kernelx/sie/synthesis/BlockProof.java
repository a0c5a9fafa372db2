// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Condition;
import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.PlannedValue.Proof;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Conditions;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.Event;
import io.kernelx.sie.symbolic.Event.Effect;
import io.kernelx.sie.symbolic.Event.Store;
import io.kernelx.sie.symbolic.Expr;
import io.kernelx.sie.symbolic.MachineState;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.symbolic.Solver.Answer;
import java.util.List;

/**
 * Proves that a block of V1's code, with probes, does what the block compiled at another value
 * does.
 *
 * <ol>
 *   <li>Both blocks are executed from the same inputs, V1's with the probes' expressions read back
 *       from the plan's text and V replaced by the value.
 *   <li>What they do to the world must be the same, one event after the other: stores in place,
 *       width and value, calls in target and in everything the callee can see. Neighbouring stores
 *       to places that never meet count in either order: the compiler was free to choose.
 *   <li>At the end every register bit and flag that either version may still read must be equal,
 *       and so must the condition of the branch, or be the opposite if the ways from there are the
 *       other way round.
 * </ol>
 *
 * Each question goes to the normal form first, then to the solver.
 */
final class BlockProof {

  private final FunctionCode v1;
  private final Liveness v1Live;
  private final FunctionCode other;
  private final Liveness otherLive;
  private final Solver solver;

  BlockProof(
      FunctionCode v1, Liveness v1Live, FunctionCode other, Liveness otherLive, Solver solver) {
    this.v1 = v1;
    this.v1Live = v1Live;
    this.other = other;
    this.otherLive = otherLive;
    this.solver = solver;
  }

  /**
   * Makes the proof.
   *
   * @param pairs for each block of V1 the other version's block
   * @param sites the probes of this block
   * @param subject the constant's value or values
   */
  ProofResult prove(BasicBlock a, List<Integer> pairs, List<SiteDraft> sites, Subject subject) {
    BasicBlock b = other.blocks().get(pairs.get(a.index()));
    MachineState left = MachineState.fresh("l");
    MachineState right = MachineState.fresh("r");
    subject.introduce(right);
    new ProbedExecution(v1, Constants.AS_ENCODED, sites, subject.v()).run(left, a.first(), a.end());
    new ProbedExecution(other, Constants.AS_ENCODED, List.of(), subject.v())
        .run(right, b.first(), b.end());
    Comparison c = new Comparison(subject);
    List<Event> leftEvents = StoreOrder.normal(left.events());
    List<Event> rightEvents = StoreOrder.normal(right.events());
    if (leftEvents.size() != rightEvents.size()) {
      return new ProofResult.Failed(
          "the code compiled at the value does "
              + right.events().size()
              + " stores and calls in"
              + " place of "
              + leftEvents.size());
    }
    for (int i = 0; i < leftEvents.size() && c.failure == null; i++) {
      c.event(leftEvents.get(i), rightEvents.get(i));
    }
    c.condition(last(v1, a), left, last(other, b), right, turned(a, b, pairs));
    LiveSet live = v1Live.atEnd(a.index()).copy();
    live.addAll(otherLive.atEnd(b.index()));
    for (Register r : LiveSet.GENERAL) {
      c.bits(r.ptRegsName().orElseThrow(), left.register(r), right.register(r), live.bits(r));
    }
    for (Flag f : MachineState.FLAGS) {
      if (live.has(f)) {
        c.equal("flag " + f, left.flag(f), right.flag(f));
      }
    }
    return c.failure == null ? new ProofResult.Proved(c.means) : c.failure;
  }

  /** Returns whether the ways that the two blocks' branches take are the other way round. */
  private static boolean turned(BasicBlock a, BasicBlock b, List<Integer> pairs) {
    List<Integer> mine = a.successors();
    List<Integer> theirs = b.successors();
    return mine.size() == 2
        && theirs.size() == 2
        && !theirs.get(0).equals(theirs.get(1))
        && pairs.get(mine.get(0)).equals(theirs.get(1))
        && pairs.get(mine.get(1)).equals(theirs.get(0));
  }

  private static Instruction last(FunctionCode code, BasicBlock b) {
    return code.instructions().get(b.end() - 1);
  }

  private final class Comparison {
    private final Subject subject;
    private ProofResult.Failed failure;
    private Proof means = Proof.STRUCTURAL;

    Comparison(Subject subject) {
      this.subject = subject;
    }

    void event(Event a, Event b) {
      if (a instanceof Store x && b instanceof Store y) {
        if (x.segment().equals(y.segment()) && x.value().width() == y.value().width()) {
          equal("the address of a store", x.address(), y.address());
          equal("a stored value", x.value(), y.value());
          return;
        }
      } else if (a instanceof Effect x
          && b instanceof Effect y
          && x.what().equals(y.what())
          && x.arguments().size() == y.arguments().size()) {
        for (int i = 0; i < x.arguments().size(); i++) {
          equal("what '" + x.what() + "' sees", x.arguments().get(i), y.arguments().get(i));
        }
        return;
      }
      fail("stores and calls come in another order or kind");
    }

    void condition(
        Instruction a, MachineState left, Instruction b, MachineState right, boolean turned) {
      boolean branches = a.branch().kind() == Branch.Kind.CONDITIONAL;
      if (branches != (b.branch().kind() == Branch.Kind.CONDITIONAL)) {
        fail("only one of the versions branches on a condition");
      } else if (branches && a.condition().isPresent() && b.condition().isPresent()) {
        Condition theirs = b.condition().get();
        equal(
            "the branch condition",
            Conditions.holds(a.condition().get(), left),
            Conditions.holds(turned ? theirs.negated() : theirs, right));
      } else if (branches && !a.mnemonic().equals(b.mnemonic())) {
        fail("the versions branch on different things");
      }
    }

    /** Compares the bits of {@code mask}, run by run. */
    void bits(String what, Expr a, Expr b, long mask) {
      int at = 0;
      while (at < 64 && mask >>> at != 0) {
        at += Long.numberOfTrailingZeros(mask >>> at);
        int length = Long.numberOfTrailingZeros(~(mask >>> at));
        int high = Math.min(63, at + length - 1);
        equal(what, Bits.extract(a, high, at), Bits.extract(b, high, at));
        at = high + 1;
      }
    }

    void equal(String what, Expr a, Expr b) {
      if (failure != null) {
        return;
      }
      if (a.width() != b.width()) {
        fail(what + " has another width");
        return;
      }
      switch (solver.equal(a, b, subject.assumptions())) {
        case Answer.Proved p -> {
          if (!p.structural()) {
            means = Proof.SOLVER;
          }
        }
        case Answer.CounterExample e ->
            failure =
                new ProofResult.Failed(what + " differs: " + e.text(), subject.valueIn(e.inputs()));
        case Answer.Unknown u ->
            fail(what + " could not be decided within the time limit (" + u.why() + ")");
      }
    }

    private void fail(String why) {
      if (failure == null) {
        failure = new ProofResult.Failed(why);
      }
    }
  }
}
