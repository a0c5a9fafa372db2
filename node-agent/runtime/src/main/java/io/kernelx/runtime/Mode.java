// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

/** How a transition becomes visible to tasks. */
public enum Mode {
  IMMEDIATE("Immediate", 0),
  PER_TASK("PerTask", 1),
  GLOBAL("Global", 2);

  private final String text;
  private final int number;

  Mode(String text, int number) {
    this.text = text;
    this.number = number;
  }

  /** Returns the mode's name in resources and on the command line. */
  public String text() {
    return text;
  }

  /** Returns the mode's number in the kernel's state line. */
  public int number() {
    return number;
  }

  /**
   * Returns the mode of that number.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Mode of(int number) {
    for (Mode mode : values()) {
      if (mode.number == number) {
        return mode;
      }
    }
    throw new IllegalArgumentException("no transition mode has the number " + number);
  }
}
