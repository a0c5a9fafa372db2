// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where to look and where to keep things.
 *
 * @param roots folders that are laid out like a file system's root ({@code boot}, {@code usr/src},
 *     {@code lib/modules}): the machine's own, and unpacked packages; searched in order
 * @param cache what can be made again is kept here
 */
public record HostPaths(List<Path> roots, Path cache) {
  public HostPaths {
    roots = List.copyOf(roots);
  }

  /**
   * Returns the machine's own root and the user's cache folder.
   *
   * @param environment {@code KERNELX_CACHE}, {@code XDG_CACHE_HOME} and {@code HOME} are looked at
   */
  public static HostPaths system(Map<String, String> environment) {
    String cache = environment.get("KERNELX_CACHE");
    if (cache != null) {
      return new HostPaths(List.of(Path.of("/")), Path.of(cache));
    }
    String xdg = environment.get("XDG_CACHE_HOME");
    Path base =
        xdg != null ? Path.of(xdg) : Path.of(environment.getOrDefault("HOME", "/root"), ".cache");
    return new HostPaths(List.of(Path.of("/")), base.resolve("kernelx"));
  }

  /** Returns the same with a folder that is searched before the others. */
  public HostPaths withRoot(Path root) {
    List<Path> all = new java.util.ArrayList<>(List.of(root));
    all.addAll(roots);
    return new HostPaths(all, cache);
  }
}
