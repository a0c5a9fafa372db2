// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import io.kernelx.api.v1alpha1.ConditionReason;

/**
 * A condition's status, reason and message.
 *
 * @param holds the status
 * @param reason one word
 * @param message one sentence
 */
record Verdict(boolean holds, String reason, String message) {

  static Verdict yes(ConditionReason reason, String message) {
    return new Verdict(true, reason.text(), message);
  }

  static Verdict no(ConditionReason reason, String message) {
    return new Verdict(false, reason.text(), message);
  }
}
