// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import java.nio.file.Path;

/**
 * Where the runtime finds the kernel's files, the tools and its own sources.
 *
 * @param proc procfs, of the host's initial namespaces
 * @param sys sysfs, with bpffs, debugfs, tracefs and securityfs mounted at their usual places
 *     beneath it
 * @param pins the folder on bpffs that holds the pins, made when it is not there
 * @param device the control device of xk-kfuncs; those of other modules are beside it
 * @param tables the folder of the readable tables, on a file system that does not outlive a boot
 * @param modules {@code /lib/modules}; the headers are its {@code <release>/build}
 * @param cache where built modules and stubs are kept
 * @param moduleSources the folder with the sources of the kernel modules, one folder each
 * @param bpfInclude the folder with {@code xk.bpf.h}
 * @param clang the compiler for stubs: a path, or a name found on PATH
 * @param make GNU make: a path, or a name found on PATH
 * @param libbpf the shared library, as {@code dlopen} takes it
 */
public record RuntimePaths(
    Path proc,
    Path sys,
    Path pins,
    Path device,
    Path tables,
    Path modules,
    Path cache,
    Path moduleSources,
    Path bpfInclude,
    String clang,
    String make,
    String libbpf) {

  /**
   * Returns the usual places of a machine.
   *
   * @param sources the folder that holds {@code kernel} and {@code bpf}: a checkout, or {@code
   *     /opt/kernelx} in the agent's image
   * @param cache where built modules and stubs are kept
   */
  public static RuntimePaths standard(Path sources, Path cache) {
    return new RuntimePaths(
        Path.of("/proc"),
        Path.of("/sys"),
        Path.of("/sys/fs/bpf/xkernel"),
        Path.of("/dev/xkernel"),
        Path.of("/dev/shm/xkernel"),
        Path.of("/lib/modules"),
        cache,
        sources.resolve("kernel"),
        sources.resolve("bpf"),
        "clang",
        "make",
        "libbpf.so.1");
  }
}
