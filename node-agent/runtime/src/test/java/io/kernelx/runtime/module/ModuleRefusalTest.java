// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.SystemCallException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModuleRefusalTest {
  private static final KernelFacts FACTS =
      new KernelFacts("boot", "6.12.0-test", "b1d0", "x86_64", "gcc", "none", List.of());

  private static RuntimeRefusedException refusal(KernelModule module, int errno) {
    return ModuleRefusal.of(
        module,
        FACTS,
        Path.of("/cache/modules/k/" + module.file()),
        new SystemCallException("finit_module", errno));
  }

  @Test
  void aMissingSignatureIsNamedWithItsMend() {
    RuntimeRefusedException e = refusal(KernelModule.KFUNCS, Errno.EKEYREJECTED);
    assertThat(e.reason()).isEqualTo(Reason.LOCKDOWN);
    assertThat(e)
        .hasMessageStartingWith("xk-kfuncs.ko was refused: the kernel takes only modules signed")
        .hasMessageContaining("module.sig_enforce")
        .hasMessageEndingWith("sign /cache/modules/k/xk-kfuncs.ko.");
  }

  @Test
  void aForbiddenLoadIsNamedWithItsMend() {
    RuntimeRefusedException e = refusal(KernelModule.CONSISTENCY, Errno.EPERM);
    assertThat(e.reason()).isEqualTo(Reason.LOCKDOWN);
    assertThat(e).hasMessageContainingAll("modules_disabled", "lockdown", "CAP_SYS_MODULE", "root");
  }

  @Test
  void anotherKernelsModuleIsToBeBuiltAnew() {
    RuntimeRefusedException e = refusal(KernelModule.KFUNCS, Errno.ENOEXEC);
    assertThat(e.reason()).isEqualTo(Reason.MODULE_LOAD_FAILED);
    assertThat(e).hasMessageContainingAll("Linux 6.12.0-test", "delete /cache/modules/k and");
  }

  @Test
  void aModuleOnAnotherVersionOfItsBaseSaysSo() {
    assertThat(refusal(KernelModule.CONSISTENCY, Errno.ENOENT))
        .hasMessageContainingAll("the loaded xk-kfuncs is another version", "rmmod xk_kfuncs");
  }
}
