// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.util.Map;

/** The environment that every program gets: nothing of the caller's. */
final class BuildEnvironment {
  static final Map<String, String> CLEAN =
      Map.of(
          "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "LC_ALL", "C",
          "HOME", "/nonexistent",
          "KBUILD_BUILD_TIMESTAMP", "1970-01-01",
          "KBUILD_BUILD_USER", "kernelx",
          "KBUILD_BUILD_HOST", "kernelx");

  private BuildEnvironment() {}
}
