// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.sie.PlanOutcome;
import io.kernelx.sie.PlanRequest;
import io.kernelx.sie.SieCompiler;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.kernel.HostPaths;
import io.kernelx.sie.kernel.KernelRequest;
import io.kernelx.sie.kernel.ProcessRunner;
import io.kernelx.sie.kernel.Progress;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/** Plans of catalogue constants for the kernel that a guest boots, made by the compiler. */
final class TestPlans {
  private final Path sources;
  private final Path kernel;

  /**
   * @param guest whose kernel it is
   */
  TestPlans(Guest guest) throws IOException, InterruptedException {
    this.sources = guest.sources();
    Process process =
        new ProcessBuilder(sources.resolve("testbed/vm/kernel").toString(), guest.kernel())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String folder = new String(process.getInputStream().readAllBytes()).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("testbed/vm/kernel fails");
    }
    this.kernel = Path.of(folder);
  }

  TunablePlan plan(String tunable, long... values) throws IOException {
    return plan(sources.resolve("tunables").resolve(tunable + ".toml"), values);
  }

  /** Plans a definition that is not in the catalogue. */
  TunablePlan plan(Path file, long... values) throws IOException {
    Definition definition = DefinitionReader.read(Files.readString(file), file.toString());
    KernelRequest request = KernelRequest.of(Files.readString(kernel.resolve("release")).strip());
    List<String> wanted = Arrays.stream(values).mapToObj(Long::toString).toList();
    PlanOutcome outcome =
        new SieCompiler(
                HostPaths.system(System.getenv()).withRoot(kernel),
                new ProcessRunner(),
                Progress.silent(),
                Clock.systemUTC(),
                new Decoder())
            .plan(new PlanRequest(definition, request, wanted));
    if (outcome instanceof PlanOutcome.Planned planned && planned.refused().isEmpty()) {
      return planned.plan();
    }
    throw new IllegalStateException(outcome.toString());
  }
}
