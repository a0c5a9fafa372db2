// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.facts;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the facts afresh on every call: little files, all of them the kernel's own. */
public final class KernelFactsReader {
  private static final Pattern VERSION =
      Pattern.compile("Linux version (\\S+) \\([^)]*\\) \\((.*?), (?:GNU )?ld .*");
  private static final Pattern SELECTED = Pattern.compile("\\[(\\w+)]");
  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");

  private final RuntimePaths paths;

  public KernelFactsReader(RuntimePaths paths) {
    this.paths = paths;
  }

  /** Returns the facts. A file that cannot be read leaves its fact empty. */
  public KernelFacts read() {
    String release = text(paths.proc().resolve("sys/kernel/osrelease"));
    String arch = text(paths.proc().resolve("sys/kernel/arch"));
    String lockdown = lockdown();
    return new KernelFacts(
        text(paths.proc().resolve("sys/kernel/random/boot_id")),
        release,
        ElfNotes.buildId(bytes(paths.sys().resolve("kernel/notes"))).orElse(""),
        arch,
        compiler(text(paths.proc().resolve("version"))),
        lockdown,
        missing(arch, lockdown),
        withoutBpf(release));
  }

  /** Returns the compiler's version text out of the line in {@code /proc/version}. */
  static String compiler(String version) {
    Matcher matcher = VERSION.matcher(version);
    return matcher.matches() ? matcher.group(2) : "";
  }

  private String lockdown() {
    Matcher matcher = SELECTED.matcher(text(paths.sys().resolve("kernel/security/lockdown")));
    return matcher.find() ? matcher.group(1) : "none";
  }

  private List<String> missing(String arch, String lockdown) {
    List<String> missing = new ArrayList<>();
    if (!arch.equals("x86_64")) {
      missing.add("This node is " + arch + "; KernelX changes x86_64 kernels only.");
    }
    if (!lockdown.equals("none")) {
      missing.add(
          "The kernel is locked down ("
              + lockdown
              + ") and refuses modules built on this node; boot without lockdown (Secure Boot turns"
              + " it on).");
    }
    if (text(paths.sys().resolve("module/module/parameters/sig_enforce")).equals("Y")) {
      missing.add(
          "The kernel takes signed modules only (module.sig_enforce); boot without that, or enrol a"
              + " key that signs xk-kfuncs.ko.");
    }
    if (text(paths.proc().resolve("sys/kernel/modules_disabled")).equals("1")
        && !Files.isDirectory(paths.sys().resolve("module/xk_kfuncs"))) {
      missing.add(
          "The kernel takes no more modules in this boot (kernel.modules_disabled = 1); reboot the"
              + " node without that setting.");
    }
    need(
        missing,
        paths.proc().resolve("kcore"),
        "The kernel has no /proc/kcore (CONFIG_PROC_KCORE); its live text cannot be verified.");
    if (!mounted(paths.sys().resolve("fs/bpf"), "bpf")) {
      missing.add(
          "bpffs is not mounted; mount it: mount -t bpf bpf "
              + paths.sys().resolve("fs/bpf")
              + ".");
    }
    if (!Files.isDirectory(paths.sys().resolve("kernel/debug/kprobes"))) {
      missing.add(
          "debugfs is not mounted or has no kprobes folder; mount it: mount -t debugfs debugfs "
              + paths.sys().resolve("kernel/debug")
              + ".");
    } else if (text(paths.sys().resolve("kernel/debug/kprobes/enabled")).equals("0")) {
      missing.add(
          "kprobes are switched off; switch them on: echo 1 > "
              + paths.sys().resolve("kernel/debug/kprobes/enabled")
              + ".");
    }
    return missing;
  }

  private List<String> withoutBpf(String release) {
    List<String> missing = new ArrayList<>();
    if (before(release, 6, 12)) {
      missing.add(
          "Linux "
              + release
              + " does not let kprobe programs, and them alone, call module functions; 6.12 and"
              + " newer do.");
    }
    need(
        missing,
        paths.sys().resolve("kernel/btf/vmlinux"),
        "The kernel has no BTF (CONFIG_DEBUG_INFO_BTF); BPF programs cannot call module functions"
            + " without it.");
    need(
        missing,
        paths.sys().resolve("bus/event_source/devices/kprobe/type"),
        "The kernel has no kprobe events (CONFIG_KPROBE_EVENTS, CONFIG_PERF_EVENTS).");
    return missing;
  }

  private static void need(List<String> missing, Path path, String sentence) {
    if (!Files.exists(path)) {
      missing.add(sentence);
    }
  }

  static boolean before(String release, int major, int minor) {
    Matcher matcher = RELEASE.matcher(release);
    if (!matcher.matches()) {
      return false;
    }
    int itsMajor = Integer.parseInt(matcher.group(1));
    return itsMajor < major || itsMajor == major && Integer.parseInt(matcher.group(2)) < minor;
  }

  private boolean mounted(Path point, String type) {
    return text(paths.proc().resolve("self/mounts"))
        .lines()
        .map(line -> line.split(" "))
        .anyMatch(f -> f.length > 2 && f[1].equals(point.toString()) && f[2].equals(type));
  }

  private static String text(Path path) {
    try {
      return Files.readString(path).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      return new byte[0];
    }
  }
}
