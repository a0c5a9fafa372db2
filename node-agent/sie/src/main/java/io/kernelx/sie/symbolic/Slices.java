// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.symbolic.Expr.Op;
import java.util.ArrayList;
import java.util.List;

/** The simplifications of EXTRACT and CONCAT. */
final class Slices {

  private Slices() {}

  static Expr extract(Expr a, int high, int low) {
    if (low < 0 || high < low || high >= a.width()) {
      throw new IllegalArgumentException("no bits " + high + ":" + low + " in " + a);
    }
    int width = high - low + 1;
    if (width == a.width()) {
      return a;
    }
    return switch (a.op()) {
      case CONST -> Bits.constant(width, a.value() >>> low);
      case EXTRACT -> extract(a.arg(0), (int) a.value() + high, (int) a.value() + low);
      case CONCAT -> ofConcat(a, high, low);
      case SEXT -> ofSext(a, high, low);
      case AND, OR, XOR -> Bits.rebuild(a, each(a.args(), high, low));
      case ITE -> Bits.ite(a.arg(0), extract(a.arg(1), high, low), extract(a.arg(2), high, low));
      case ADD, MUL -> {
        if (low == 0) {
          yield Bits.rebuild(a, each(a.args(), high, 0));
        }
        Expr narrow = high == a.width() - 1 ? a : Bits.rebuild(a, each(a.args(), high, 0));
        yield narrow.op() == a.op() ? plain(narrow, high, low) : extract(narrow, high, low);
      }
      case SHL -> {
        // The count keeps its width, so only whole shifts can be cut.
        yield plain(a, high, low);
      }
      default -> plain(a, high, low);
    };
  }

  private static Expr plain(Expr a, int high, int low) {
    return new Expr(Op.EXTRACT, high - low + 1, low, "", List.of(a));
  }

  private static List<Expr> each(List<Expr> args, int high, int low) {
    return args.stream().map(x -> extract(x, high, low)).toList();
  }

  private static Expr ofConcat(Expr a, int high, int low) {
    List<Expr> parts = new ArrayList<>();
    int top = a.width() - 1;
    for (Expr part : a.args()) {
      int bottom = top - part.width() + 1;
      if (high >= bottom && low <= top) {
        parts.add(extract(part, Math.min(high, top) - bottom, Math.max(low, bottom) - bottom));
      }
      top = bottom - 1;
    }
    return concat(parts);
  }

  private static Expr ofSext(Expr a, int high, int low) {
    Expr inner = a.arg(0);
    int top = inner.width() - 1;
    if (high <= top) {
      return extract(inner, high, low);
    }
    return low <= top
        ? Bits.sext(extract(inner, top, low), high - low + 1)
        : Bits.sext(extract(inner, top, top), high - low + 1);
  }

  /** Puts the parts side by side, the highest first. */
  static Expr concat(List<Expr> parts) {
    List<Expr> flat = new ArrayList<>();
    for (Expr p : parts) {
      for (Expr q : p.op() == Op.CONCAT ? p.args() : List.of(p)) {
        Expr joined = flat.isEmpty() ? null : join(flat.getLast(), q);
        if (joined != null) {
          flat.set(flat.size() - 1, joined);
        } else {
          flat.add(q);
        }
      }
    }
    if (flat.size() == 1) {
      return flat.getFirst();
    }
    int width = flat.stream().mapToInt(Expr::width).sum();
    return new Expr(Op.CONCAT, width, 0, "", flat);
  }

  /** Makes one of two neighbours: two numbers, or two slices of the same that meet. */
  private static Expr join(Expr high, Expr low) {
    if (high.isConst() && low.isConst()) {
      return Bits.constant(high.width() + low.width(), high.value() << low.width() | low.value());
    }
    if (high.op() != Op.EXTRACT) {
      return null;
    }
    Expr whole = high.arg(0);
    if (low.op() == Op.EXTRACT && low.arg(0).equals(whole)) {
      return high.value() == low.value() + low.width()
          ? extract(whole, (int) high.value() + high.width() - 1, (int) low.value())
          : null;
    }
    return null;
  }
}
