// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import java.util.Optional;
import java.util.Set;

/** The sixteen conditions of {@code jcc}, {@code setcc} and {@code cmovcc}, in encoding order. */
public enum Condition {
  O,
  NO,
  B,
  NB,
  Z,
  NZ,
  BE,
  NBE,
  S,
  NS,
  P,
  NP,
  L,
  NL,
  LE,
  NLE;

  private static final Set<String> NAMES =
      Set.of(
          "o", "no", "b", "nb", "z", "nz", "be", "nbe", "s", "ns", "p", "np", "l", "nl", "le",
          "nle");

  /** Returns the condition that a mnemonic such as {@code jnbe} or {@code cmovnl} ends in. */
  static Optional<Condition> of(String mnemonic) {
    for (String stem : new String[] {"cmov", "set", "j"}) {
      if (mnemonic.startsWith(stem) && NAMES.contains(mnemonic.substring(stem.length()))) {
        return Optional.of(
            valueOf(mnemonic.substring(stem.length()).toUpperCase(java.util.Locale.ROOT)));
      }
    }
    return Optional.empty();
  }

  /** Returns the condition that holds exactly when this one does not. */
  public Condition negated() {
    return values()[ordinal() ^ 1];
  }
}
