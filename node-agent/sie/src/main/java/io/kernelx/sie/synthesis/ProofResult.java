// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.plan.PlannedValue;

/** Whether probed code was proved to do what the compiled code does. */
public sealed interface ProofResult {

  /** It was, by this means at most. */
  record Proved(PlannedValue.Proof proof) implements ProofResult {
    Proved and(Proved other) {
      return proof == PlannedValue.Proof.SOLVER ? this : other;
    }
  }

  /** It was not; {@code why} says where and, if there is one, for which inputs. */
  record Failed(String why) implements ProofResult {}
}
