// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.RuntimePaths;
import java.nio.file.Path;

/** Where a test's builds take place: all below one folder, with a make of its own. */
final class BuildPaths {
  private BuildPaths() {}

  /**
   * Returns paths with {@code sys}, {@code modules}, {@code sources} and {@code make} in the
   * folder.
   */
  static RuntimePaths in(Path root) {
    RuntimePaths usual = RuntimePaths.standard(root, root.resolve("cache"));
    return new RuntimePaths(
        usual.proc(),
        root.resolve("sys"),
        usual.pins(),
        usual.device(),
        usual.tables(),
        root.resolve("modules"),
        usual.cache(),
        root.resolve("sources"),
        usual.bpfInclude(),
        usual.clang(),
        root.resolve("make").toString(),
        usual.libbpf());
  }
}
