// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;

/**
 * The log of a process that runs on: a time and a sentence on each line.
 *
 * @param output where to
 * @param clock whose time
 */
record Log(Output output, Clock clock) implements Consumer<String> {

  @Override
  public void accept(String sentence) {
    output.line(clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + sentence);
  }
}
