// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.SystemCallException;
import java.nio.file.Path;

/** What it means that the kernel does not take a module, and the mend. */
final class ModuleRefusal {
  private ModuleRefusal() {}

  /**
   * Returns the refusal.
   *
   * @param file the built module
   * @param e the kernel's answer
   */
  static RuntimeRefusedException of(
      KernelModule module, KernelFacts facts, Path file, SystemCallException e) {
    boolean security = e.errno() == Errno.EPERM || e.errno() == Errno.EKEYREJECTED;
    return new RuntimeRefusedException(
        security ? Reason.LOCKDOWN : Reason.MODULE_LOAD_FAILED,
        module.file() + " was refused: " + why(module, facts, file, e) + ".",
        e);
  }

  private static String why(
      KernelModule module, KernelFacts facts, Path file, SystemCallException e) {
    return switch (e.errno()) {
      case Errno.EKEYREJECTED ->
          "the kernel takes only modules signed by a key that it trusts; boot without"
              + " module.sig_enforce, or enrol a key and sign "
              + file;
      case Errno.EPERM ->
          "the kernel takes no more modules (kernel.modules_disabled, lockdown), or the process"
              + " lacks CAP_SYS_MODULE; lift that, or run as root in a privileged pod";
      case Errno.ENOEXEC ->
          "it was built for another kernel than Linux %s; delete %s and try again"
              .formatted(facts.release(), file.getParent());
      case Errno.EINVAL, Errno.ENOENT ->
          module
              .base()
              .map(
                  base ->
                      "the loaded %s is another version; revert every tunable on this node and unload it: rmmod %s"
                          .formatted(base.text(), base.loadedName()))
              .orElse(e.getMessage());
      default -> e.getMessage();
    };
  }
}
