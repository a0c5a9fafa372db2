// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.Form;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.bpf.Bpf;
import io.kernelx.runtime.bpf.LibBpf;
import io.kernelx.runtime.facts.KernelFactsReader;
import io.kernelx.runtime.libc.Libc;
import io.kernelx.runtime.module.ConsistencyModule;
import io.kernelx.runtime.module.KfuncsModule;
import io.kernelx.runtime.module.LiveNativeModules;
import io.kernelx.runtime.module.ModuleBuilder;
import io.kernelx.runtime.state.NodeFiles;
import io.kernelx.runtime.state.Pins;
import io.kernelx.runtime.stub.StubCompiler;
import io.kernelx.runtime.stub.StubWriter;
import io.kernelx.runtime.text.ProcLiveText;
import java.io.IOException;
import java.util.Optional;

/** Puts a runtime together from the real parts of a machine. */
final class Machine {
  private Machine() {}

  static LiveNodeRuntime runtime(
      RuntimePaths paths, StubWriter writer, Step.Observer observer, Optional<Form> usual) {
    Libc libc = new Libc();
    ModuleBuilder builder = new ModuleBuilder(paths);
    KernelParts parts =
        new KernelParts(
            new ProcLiveText(paths),
            new KfuncsModule(paths, builder, libc),
            new ConsistencyModule(paths, builder, libc),
            new LiveNativeModules(paths, builder, libc),
            new LazyBpf(paths, libc),
            new Pins(paths.pins()),
            new NodeFiles(paths.tables()),
            Thread::sleep,
            observer);
    return new LiveNodeRuntime(
        () -> new KernelFactsReader(paths).read(), parts, writer, new StubCompiler(paths), usual);
  }

  private static final class LazyBpf implements KernelParts.BpfAccess {
    private final RuntimePaths paths;
    private final Libc libc;
    private Bpf bpf;

    LazyBpf(RuntimePaths paths, Libc libc) {
      this.paths = paths;
      this.libc = libc;
    }

    @Override
    public Bpf get() throws IOException {
      if (bpf == null) {
        bpf = new LibBpf(paths.libbpf(), paths.sys(), libc);
      }
      return bpf;
    }
  }
}
