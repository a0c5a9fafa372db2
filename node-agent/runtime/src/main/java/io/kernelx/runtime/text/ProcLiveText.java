// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import io.kernelx.runtime.RuntimePaths;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Set;

/** {@link LiveText} from procfs and sysfs. */
public final class ProcLiveText implements LiveText {
  private final RuntimePaths paths;

  public ProcLiveText(RuntimePaths paths) {
    this.paths = paths;
  }

  @Override
  public LiveMemory open() throws IOException {
    return Kcore.open(paths.proc().resolve("kcore"));
  }

  @Override
  public KernelSymbols symbols(Set<String> names) throws IOException {
    try (InputStream listing = Files.newInputStream(paths.proc().resolve("kallsyms"))) {
      return KernelSymbols.read(listing, names);
    }
  }

  @Override
  public Set<Long> closed(Set<Long> addresses) throws IOException {
    return new ClosedRanges(paths.sys()).among(addresses);
  }

  @Override
  public Set<String> redirected(Set<String> functions) throws IOException {
    return new RedirectedFunctions(paths.sys()).among(functions);
  }
}
