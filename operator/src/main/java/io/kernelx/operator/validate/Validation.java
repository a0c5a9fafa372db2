// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.validate;

import io.kernelx.api.v1alpha1.ConditionReason;
import io.kernelx.operator.definition.Definition;

/** Whether a spec can be acted upon. */
public sealed interface Validation {

  /**
   * It can.
   *
   * @param definition the constant
   * @param value decimal, in the range of int64 or uint64
   */
  record Accepted(Definition definition, String value) implements Validation {}

  /**
   * It cannot.
   *
   * @param constant the constant's name as far as it is known, else empty
   * @param reason why, in one word
   * @param message why, and the mend, in one sentence
   */
  record Rejected(String constant, ConditionReason reason, String message) implements Validation {}
}
