// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import io.kernelx.sie.PlanOutcome;
import io.kernelx.sie.PlanRequest;
import io.kernelx.sie.SieCompiler;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.kernel.HostPaths;
import io.kernelx.sie.kernel.KernelRequest;
import io.kernelx.sie.kernel.ProcessRunner;
import io.kernelx.sie.plan.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The SIE compiler with the sources that this machine has, or can fetch. Not for several threads.
 */
public final class Compilation {
  /** Where a disk with kernel sources is mounted on nodes. */
  private static final Path SOURCE_DISK = Path.of("/usr/src/linux-source");

  private final SourcePlaces places;
  private final Consumer<String> progress;
  private final Clock clock;
  private final DebianPackages debian;

  public Compilation(SourcePlaces places, Consumer<String> progress, Clock clock) {
    this.places = places;
    this.progress = progress;
    this.clock = clock;
    this.debian = new DebianPackages(places.cache(), progress);
  }

  /**
   * Plans a constant for a kernel.
   *
   * @param release as {@code uname -r} prints it
   * @param values numbers or C integer constant expressions
   */
  public PlanOutcome plan(Definition definition, String release, List<String> values)
      throws InterruptedException {
    try {
      List<Path> roots = roots();
      PlanOutcome outcome = plan(definition, release, values, roots);
      if (!places.download() || !lacksSource(outcome)) {
        return outcome;
      }
      List<Path> fetched = debian.download(release);
      if (fetched.isEmpty()) {
        return outcome;
      }
      roots.addAll(0, fetched);
      return plan(definition, release, values, roots);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PlanOutcome plan(
      Definition definition, String release, List<String> values, List<Path> roots) {
    KernelRequest kernel =
        new KernelRequest(release, places.tree(), places.config(), Optional.empty());
    return new SieCompiler(
            new HostPaths(roots, places.cache()),
            new ProcessRunner(),
            progress::accept,
            clock,
            new Decoder())
        .plan(new PlanRequest(definition, kernel, values));
  }

  private List<Path> roots() throws IOException, InterruptedException {
    List<Path> roots = new ArrayList<>();
    for (Path folder : places.packages()) {
      roots.addAll(debian.roots(folder));
    }
    roots.add(Path.of("/"));
    if (Files.isDirectory(SOURCE_DISK)) {
      roots.addAll(debian.roots(SOURCE_DISK));
    }
    return roots;
  }

  private static boolean lacksSource(PlanOutcome outcome) {
    return outcome instanceof PlanOutcome.Refused refused
        && refused.refusal().reason() == Refusal.Reason.SOURCE_NOT_FOUND;
  }
}
