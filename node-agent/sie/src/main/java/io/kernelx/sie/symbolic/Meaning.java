// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import java.util.function.Consumer;

/** What the instructions of one mnemonic do. */
@FunctionalInterface
interface Meaning {

  /**
   * Executes the instruction.
   *
   * @return false if this form is not modelled; nothing is changed then
   */
  boolean execute(Step step);

  /** A meaning that covers every form. */
  static Meaning of(Consumer<Step> every) {
    return step -> {
      every.accept(step);
      return true;
    };
  }
}
