// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Functions whose callers end up elsewhere: livepatched, or redirected by ftrace. */
public final class RedirectedFunctions {
  private final Path sys;

  /**
   * @param sys sysfs, with tracefs or debugfs beneath it
   */
  public RedirectedFunctions(Path sys) {
    this.sys = sys;
  }

  /** Returns those of the names that are redirected. */
  public Set<String> among(Set<String> names) throws IOException {
    Set<String> redirected = new HashSet<>();
    for (String folder : List.of("kernel/tracing", "kernel/debug/tracing")) {
      Path enabled = sys.resolve(folder).resolve("enabled_functions");
      if (Files.exists(enabled)) {
        for (String line : Files.readAllLines(enabled)) {
          String name = redirectedBy(line);
          if (names.contains(name)) {
            redirected.add(name);
          }
        }
        break;
      }
    }
    livepatched(sys.resolve("kernel/livepatch"), names, redirected);
    return redirected;
  }

  /**
   * Reads a line of {@code enabled_functions}: {@code name (count) FLAGS}, where I is a change of
   * the instruction pointer and D a direct call.
   *
   * @return the function's name if it is redirected, else the empty text
   */
  static String redirectedBy(String line) {
    int name = line.indexOf(' ');
    int close = line.indexOf(')');
    if (name <= 0 || close < name) {
      return "";
    }
    for (String word : line.substring(close + 1).strip().split("\\s+")) {
      if (word.equals("I") || word.equals("D")) {
        return line.substring(0, name);
      }
      if (word.length() > 1) {
        break;
      }
    }
    return "";
  }

  /** Folders are {@code PATCH/OBJECT/FUNCTION,POSITION}. */
  private static void livepatched(Path folder, Set<String> names, Set<String> redirected)
      throws IOException {
    for (Path patch : entries(folder)) {
      for (Path object : entries(patch)) {
        for (Path function : entries(object)) {
          String name = function.getFileName().toString().replaceFirst(",.*", "");
          if (names.contains(name)) {
            redirected.add(name);
          }
        }
      }
    }
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      List<Path> entries = new java.util.ArrayList<>();
      stream.forEach(entries::add);
      return entries;
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
  }
}
