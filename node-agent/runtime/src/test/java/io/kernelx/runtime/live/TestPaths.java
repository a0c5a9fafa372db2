// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.RuntimePaths;
import java.nio.file.Path;

/** Where a machine that is a folder has its things. */
final class TestPaths {
  private TestPaths() {}

  /** Returns paths with {@code pins}, {@code shm}, sources and cache in the folder. */
  static RuntimePaths in(Path root, String clang) {
    RuntimePaths usual = RuntimePaths.standard(root, root.resolve("cache"));
    return new RuntimePaths(
        usual.proc(),
        usual.sys(),
        root.resolve("pins"),
        usual.device(),
        root.resolve("shm"),
        usual.modules(),
        usual.cache(),
        usual.moduleSources(),
        usual.bpfInclude(),
        clang,
        usual.make(),
        usual.libbpf());
  }
}
