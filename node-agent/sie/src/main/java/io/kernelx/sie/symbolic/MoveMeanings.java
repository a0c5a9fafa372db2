// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Condition;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Moves, extensions, exchanges, the stack, and what depends on a condition. */
final class MoveMeanings {

  private static final Expr EIGHT = Bits.constant(64, 8);

  private MoveMeanings() {}

  static void addTo(Map<String, Meaning> all) {
    all.put("mov", Meaning.of(s -> s.out(0, s.in(1, s.width()))));
    all.put("movzx", Meaning.of(s -> s.out(0, Bits.zext(s.in(1), s.width()))));
    all.put("movsx", Meaning.of(s -> s.out(0, Bits.sext(s.in(1), s.width()))));
    all.put("movsxd", Meaning.of(s -> s.out(0, Bits.sext(s.in(1), s.width()))));
    all.put("lea", Meaning.of(s -> s.out(0, Bits.low(s.operands().address(1), s.width()))));
    all.put("bswap", s -> s.width() >= 32 && swap(s));
    all.put("movbe", Meaning.of(MoveMeanings::swap));
    all.put("cbw", Meaning.of(s -> extend(s, 8)));
    all.put("cwde", Meaning.of(s -> extend(s, 16)));
    all.put("cdqe", Meaning.of(s -> extend(s, 32)));
    all.put("cwd", Meaning.of(s -> signIntoRdx(s, 16)));
    all.put("cdq", Meaning.of(s -> signIntoRdx(s, 32)));
    all.put("cqo", Meaning.of(s -> signIntoRdx(s, 64)));
    all.put("xchg", Meaning.of(MoveMeanings::exchange));
    all.put("xadd", Meaning.of(MoveMeanings::exchangeAndAdd));
    all.put("cmpxchg", MoveMeanings::compareAndExchange);
    all.put("push", MoveMeanings::push);
    all.put("pop", MoveMeanings::pop);
    all.put("leave", MoveMeanings::leave);
    for (Condition c : Condition.values()) {
      String name = c.name().toLowerCase(Locale.ROOT);
      all.put("cmov" + name, Meaning.of(s -> conditionalMove(s, c)));
      all.put(
          "set" + name,
          Meaning.of(s -> s.out(0, Bits.zext(Conditions.holds(c, s.state()), s.width()))));
    }
  }

  private static void conditionalMove(Step s, Condition c) {
    Expr moved = s.in(1);
    s.out(0, Bits.ite(Conditions.holds(c, s.state()), moved, s.in(0)));
  }

  private static boolean swap(Step s) {
    Expr a = s.operandCount() == 1 ? s.in(0) : s.in(1);
    Expr swapped = Bits.low(a, 8);
    for (int low = 8; low < a.width(); low += 8) {
      swapped = Bits.concat(swapped, Bits.extract(a, low + 7, low));
    }
    s.out(0, swapped);
    return true;
  }

  private static void extend(Step s, int from) {
    s.implied(Register.RAX, Bits.sext(s.implied(Register.RAX, from), 2 * from));
  }

  private static void signIntoRdx(Step s, int width) {
    s.implied(Register.RDX, Bits.sext(Bits.sign(s.implied(Register.RAX, width)), width));
  }

  private static void exchange(Step s) {
    Expr a = s.in(0);
    Expr b = s.in(1);
    s.out(0, b);
    s.out(1, a);
  }

  private static void exchangeAndAdd(Step s) {
    Expr a = s.in(0);
    Expr sum = s.alu().add(a, s.in(1));
    if (s.isMemory(0)) {
      s.out(0, sum);
      s.out(1, a);
    } else {
      s.out(1, a);
      s.out(0, sum);
    }
  }

  /**
   * Only with memory. Processors differ in whether an accumulator of 32 bits that stays as it is
   * keeps the bits above: those are some function of what was there.
   */
  private static boolean compareAndExchange(Step s) {
    if (!s.isMemory(0)) {
      return false;
    }
    int w = s.width();
    Expr expected = s.implied(Register.RAX, w);
    Expr found = s.in(0);
    Expr replacement = s.in(1);
    Expr equal = Bits.eq(expected, found);
    s.alu().sub(expected, found);
    s.out(0, Bits.ite(equal, replacement, found));
    if (w == 32) {
      Expr whole = s.state().register(Register.RAX);
      Expr above = Bits.apply("cmpxchg.above", 32, List.of(Bits.extract(whole, 63, 32)));
      Expr kept = Bits.concat(above, expected);
      s.state().setRegister(Register.RAX, Bits.ite(equal, kept, Bits.zext(found, 64)));
    } else {
      s.implied(Register.RAX, Bits.ite(equal, expected, found));
    }
    return true;
  }

  private static boolean push(Step s) {
    if (s.instruction().operandWidth() != 64 || s.operandCount() != 1) {
      return false;
    }
    Expr value = s.in(0, 64);
    Expr below = Bits.sub(s.state().register(Register.RSP), EIGHT);
    s.state().setRegister(Register.RSP, below);
    s.state().add(new Event.Store("", below, value));
    return true;
  }

  private static boolean pop(Step s) {
    if (s.instruction().operandWidth() != 64
        || s.operandCount() != 1
        || !(s.operands().operand(0) instanceof RegisterOperand)) {
      return false;
    }
    Expr top = s.state().register(Register.RSP);
    Expr value = s.state().load("", top, 64);
    s.state().setRegister(Register.RSP, Bits.add(top, EIGHT));
    s.out(0, value);
    return true;
  }

  private static boolean leave(Step s) {
    if (s.instruction().operandWidth() != 64) {
      return false;
    }
    Expr top = s.state().register(Register.RBP);
    Expr value = s.state().load("", top, 64);
    s.state().setRegister(Register.RSP, Bits.add(top, EIGHT));
    s.state().setRegister(Register.RBP, value);
    return true;
  }
}
