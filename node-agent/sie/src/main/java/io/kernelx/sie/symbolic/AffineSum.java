// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.symbolic.Expr.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A sum in the making: every summand once, with its factor modulo 2^width. */
final class AffineSum {

  private final int width;
  private final TreeMap<Expr, Long> factors = new TreeMap<>();
  private long number;

  AffineSum(int width) {
    this.width = width;
  }

  /** Adds {@code factor} times {@code e}. */
  AffineSum plus(Expr e, long factor) {
    switch (e.op()) {
      case CONST -> number += factor * e.value();
      case ADD -> e.args().forEach(a -> plus(a, factor));
      case MUL -> {
        if (e.arg(0).isConst()) {
          Expr rest =
              e.args().size() == 2
                  ? e.arg(1)
                  : new Expr(Op.MUL, width, 0, "", e.args().subList(1, e.args().size()));
          plus(rest, factor * e.arg(0).value());
        } else {
          factors.merge(e, factor, Long::sum);
        }
      }
      default -> factors.merge(e, factor, Long::sum);
    }
    return this;
  }

  Expr expr() {
    List<Expr> terms = new ArrayList<>();
    if ((number & Bits.mask(width)) != 0) {
      terms.add(Bits.constant(width, number));
    }
    for (Map.Entry<Expr, Long> f : factors.entrySet()) {
      long factor = f.getValue() & Bits.mask(width);
      if (factor == 1) {
        terms.add(f.getKey());
      } else if (factor != 0) {
        terms.add(
            new Expr(Op.MUL, width, 0, "", List.of(Bits.constant(width, factor), f.getKey())));
      }
    }
    return switch (terms.size()) {
      case 0 -> Bits.constant(width, 0);
      case 1 -> terms.getFirst();
      default -> new Expr(Op.ADD, width, 0, "", terms);
    };
  }
}
