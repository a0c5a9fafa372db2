// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One node of a cluster: a virtual machine, emulated and therefore slow.
 *
 * @param name the name of its Node object, for example {@code node-amd64}
 * @param bed the bed it belongs to
 * @param testbed how the bed is reached
 */
public record ClusterNode(String name, String bed, TestbedCommand testbed) {

  private static final Duration COMMAND = Duration.ofMinutes(5);
  private static final Duration POWER = Duration.ofMinutes(10);

  /**
   * Runs a command as root on the node, outside of all containers.
   *
   * @param command program and arguments, passed on as they are (no shell in between)
   * @return its status and output
   */
  public TestbedCommand.Outcome exec(String... command) {
    return exec(COMMAND, command);
  }

  /** As {@link #exec(String...)}, with another time limit. */
  public TestbedCommand.Outcome exec(Duration limit, String... command) {
    List<String> arguments = new ArrayList<>(List.of("exec", "--name", bed, name));
    arguments.addAll(List.of(command));
    return testbed.run(arguments, limit);
  }

  /** Runs a line of shell on the node and returns its output; fails when the line fails. */
  public String shell(String line) {
    return exec("sh", "-c", line).orFail();
  }

  /** The id that the kernel gave to this boot. */
  public String bootId() {
    return shell("cat /proc/sys/kernel/random/boot_id");
  }

  /** Ends the virtual machine at once, as if its plug was pulled. */
  public void stop() {
    power("stop");
  }

  /** Boots the stopped virtual machine and waits until its node is Ready. */
  public void start() {
    power("start");
  }

  /** Stop and start. What is on the disk of {@code /var/lib/kernelx} stays. */
  public void reboot() {
    power("reboot");
  }

  private void power(String action) {
    testbed.run(List.of(action, "--name", bed, name), POWER).orFail();
  }
}
