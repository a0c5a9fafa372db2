// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import java.util.List;

/** Something that an execution does to the world outside its registers, in program order. */
public sealed interface Event {

  /**
   * A plain store.
   *
   * @param segment {@code fs}, {@code gs}, or empty for the flat address space
   * @param address 64 bits
   * @param value as wide as what is stored
   */
  record Store(String segment, Expr address, Expr value) implements Event {

    /** Returns whether two stores have no byte in common, whatever the inputs. */
    public boolean apart(Store other) {
      return segment.equals(other.segment)
          && apart(address, value.width() / 8, other.address, other.value.width() / 8);
    }

    static boolean apart(Expr a, int aBytes, Expr b, int bBytes) {
      Expr distance = Bits.sub(b, a);
      return distance.isConst()
          && Long.compareUnsigned(distance.value(), aBytes) >= 0
          && Long.compareUnsigned(-distance.value(), bBytes) >= 0;
    }
  }

  /**
   * Anything else that may read or change memory, devices or the processor: a call, a locked
   * operation, an instruction that is not modelled.
   *
   * @param what tells one effect from another: the same in two executions exactly if the same thing
   *     is done
   * @param arguments everything that it can see of the registers
   */
  record Effect(String what, List<Expr> arguments) implements Event {
    public Effect {
      arguments = List.copyOf(arguments);
    }
  }
}
