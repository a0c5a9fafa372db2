// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.plan.PlannedValue;
import java.util.OptionalLong;

/** Whether probed code was proved to do what the compiled code does. */
public sealed interface ProofResult {

  /** It was, by this means at most. */
  record Proved(PlannedValue.Proof proof) implements ProofResult {
    Proved and(Proved other) {
      return proof == PlannedValue.Proof.SOLVER ? this : other;
    }
  }

  /**
   * It was not.
   *
   * @param why says where and, if there is a counter-example, for which inputs
   * @param value the constant's value in the counter-example, if the proof was about several
   */
  record Failed(String why, OptionalLong value) implements ProofResult {
    Failed(String why) {
      this(why, OptionalLong.empty());
    }
  }
}
