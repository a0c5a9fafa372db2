// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

/** What the exit code says; the footer of {@code --help} lists them. */
enum ExitCode {
  DONE(0, "done; for plan: planned"),
  ERROR(1, "something went wrong, and the sentence says what"),
  USAGE(2, "the command line is wrong"),
  REFUSED(3, "refused, with a reason"),
  MISSING(4, "this machine lacks what the command needs"),
  LATER(5, "not in this version");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  int number() {
    return number;
  }

  String meaning() {
    return meaning;
  }
}
