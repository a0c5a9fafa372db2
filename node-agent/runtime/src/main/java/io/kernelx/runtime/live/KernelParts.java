// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.bpf.Bpf;
import io.kernelx.runtime.module.Consistency;
import io.kernelx.runtime.module.Kfuncs;
import io.kernelx.runtime.module.NativeModules;
import io.kernelx.runtime.state.NodeFiles;
import io.kernelx.runtime.state.Pins;
import io.kernelx.runtime.text.LiveText;
import java.io.IOException;

/** What loading acts upon: the kernel's side of it, each part behind an interface. */
record KernelParts(
    LiveText text,
    Kfuncs kfuncs,
    Consistency consistency,
    NativeModules natives,
    BpfAccess bpf,
    Pins pins,
    NodeFiles files,
    Pause pause,
    Step.Observer observer) {

  /** BPF needs a library that may be missing, which facts alone must survive. */
  @FunctionalInterface
  interface BpfAccess {
    Bpf get() throws IOException;
  }
}
