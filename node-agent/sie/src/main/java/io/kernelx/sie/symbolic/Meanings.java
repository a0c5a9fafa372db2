// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The meanings of all modelled mnemonics, in lower case as the decoder gives them. */
final class Meanings {

  /** What changes neither registers nor memory, whatever its operands are. */
  static final Set<String> NOTHING =
      Set.of(
          "nop",
          "endbr64",
          "pause",
          "lfence",
          "prefetchnta",
          "prefetcht0",
          "prefetcht1",
          "prefetcht2",
          "prefetchw");

  /** What may stand in one atomic read-modify-write of memory. */
  static final Set<String> ATOMIC =
      Set.of(
          "add", "adc", "sub", "sbb", "and", "or", "xor", "inc", "dec", "neg", "not", "bts", "btr",
          "btc", "xadd", "cmpxchg", "xchg");

  private Meanings() {}

  /** Returns the meanings; immutable. */
  static Map<String, Meaning> all() {
    Map<String, Meaning> all = new HashMap<>();
    NOTHING.forEach(name -> all.put(name, Meaning.of(step -> {})));
    MoveMeanings.addTo(all);
    ArithmeticMeanings.addTo(all);
    ShiftMeanings.addTo(all);
    BitMeanings.addTo(all);
    return Map.copyOf(all);
  }
}
