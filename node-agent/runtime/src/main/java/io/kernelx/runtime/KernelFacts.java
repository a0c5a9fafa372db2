// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import java.util.List;

/**
 * The running kernel, as it describes itself.
 *
 * @param bootId the boot's UUID
 * @param release as {@code uname -r} prints it
 * @param buildId lower-case hex of the GNU build-id note in {@code /sys/kernel/notes}; empty if
 *     there is none
 * @param arch as {@code uname -m} prints it
 * @param compiler the compiler's version text of {@code /proc/version}
 * @param lockdown {@code none}, {@code integrity} or {@code confidentiality}; {@code none} on a
 *     kernel without lockdown
 * @param missing what loading needs and this machine lacks, a sentence each that names the mend;
 *     empty when loading can be tried
 * @param withoutBpf what BPF probes need besides and this machine lacks; without them constants are
 *     enforced by native probes alone
 */
public record KernelFacts(
    String bootId,
    String release,
    String buildId,
    String arch,
    String compiler,
    String lockdown,
    List<String> missing,
    List<String> withoutBpf) {

  public KernelFacts {
    missing = List.copyOf(missing);
    withoutBpf = List.copyOf(withoutBpf);
  }

  /** Facts of a machine that has what BPF probes need. */
  public KernelFacts(
      String bootId,
      String release,
      String buildId,
      String arch,
      String compiler,
      String lockdown,
      List<String> missing) {
    this(bootId, release, buildId, arch, compiler, lockdown, missing, List.of());
  }

  /** Returns whether this machine has everything that loading needs. */
  public boolean canLoad() {
    return missing.isEmpty();
  }
}
