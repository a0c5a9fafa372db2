// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import java.time.Duration;
import java.util.List;

/**
 * The bed's command line, {@code testbed/bin/testbed}: the one way in which tests touch the
 * machine.
 */
@FunctionalInterface
public interface TestbedCommand {

  /**
   * Runs one command and waits for it.
   *
   * @param arguments what stands after {@code testbed}, for example {@code ["exec", "--name", "x",
   *     "node-amd64", "true"]}
   * @param limit how long it may take
   * @return its status and output, also when it failed
   * @throws IllegalStateException when it did not end within {@code limit}; it is ended then
   */
  Outcome run(List<String> arguments, Duration limit);

  /**
   * How a command ended.
   *
   * @param status the exit status, 0 for success
   * @param out its standard output
   * @param err its standard error: progress and error sentences
   */
  record Outcome(int status, String out, String err) {

    /**
     * The standard output without the white space around it.
     *
     * @return the text, of a command that succeeded
     * @throws IllegalStateException with the command's own words when it failed
     */
    public String orFail() {
      if (status != 0) {
        throw new IllegalStateException("ended with status " + status + ":\n" + err + out);
      }
      return out.strip();
    }
  }
}
