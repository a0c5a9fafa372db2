// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a bed could leave behind on this machine. */
final class Leftovers {

  private Leftovers() {}

  /** Everything on this machine that carries the bed's name or lives in the given namespaces. */
  static List<String> of(String bed, List<String> namespaces) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        if (process.getFileName().toString().chars().allMatch(Character::isDigit)) {
          process(process, bed, namespaces).forEach(found::add);
        }
      }
    }
    for (String table : List.of("/proc/self/mounts", "/proc/self/cgroup", "/proc/net/dev")) {
      try (Stream<String> lines = Files.lines(Path.of(table))) {
        lines
            .filter(line -> line.contains(bed) || line.strip().startsWith("tap"))
            .map(line -> table + ": " + line)
            .forEach(found::add);
      }
    }
    for (Path parent :
        List.of(state(bed).getParent(), Path.of("/var/tmp"), Path.of("/run/netns"))) {
      named(parent, bed).forEach(found::add);
    }
    try (Stream<Path> cgroups = Files.find(Path.of("/sys/fs/cgroup"), 4, (p, a) -> true)) {
      cgroups.map(Path::toString).filter(path -> path.contains(bed)).forEach(found::add);
    }
    return found;
  }

  /** The folder of a bed of this machine, whether it is up or not. */
  static Path state(String bed) {
    return Path.of(System.getenv().getOrDefault("XDG_RUNTIME_DIR", "/run"), "kernelx-testbed", bed);
  }

  /** The network and pid namespaces that the bed's processes live in. */
  static List<String> namespaces(Path state) throws IOException {
    String keeper = Files.readString(state.resolve("keeper.pid")).strip();
    return List.of(
        link(Path.of("/proc", keeper, "ns/net")), link(Path.of("/proc", keeper, "ns/pid")));
  }

  private static List<String> process(Path process, String bed, List<String> namespaces) {
    List<String> found = new ArrayList<>();
    try {
      String line =
          new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.ISO_8859_1)
              .replace('\0', ' ');
      if (line.contains("kernelx-testbed") && line.contains(bed)) {
        found.add(process + ": " + line);
      }
      for (String kind : List.of("ns/net", "ns/pid")) {
        if (namespaces.contains(link(process.resolve(kind)))) {
          found.add(process + " is still in the bed's " + kind + ": " + line);
        }
      }
    } catch (IOException gone) {
      return List.of(); // the process ended while we looked
    }
    return found;
  }

  private static List<String> named(Path parent, String bed) throws IOException {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(parent)) {
      return children.map(Path::toString).filter(path -> path.contains(bed)).toList();
    }
  }

  private static String link(Path path) throws IOException {
    return Files.readSymbolicLink(path).toString();
  }
}
