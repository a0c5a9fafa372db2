// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ranges of the kernel that take no probes, as debugfs lists them. */
public final class ClosedRanges {
  private static final Pattern LINE = Pattern.compile("0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\\s.*");

  private final Path list;

  /**
   * @param sys sysfs, with debugfs beneath it
   */
  public ClosedRanges(Path sys) {
    this.list = sys.resolve("kernel/debug/kprobes/blacklist");
  }

  /**
   * Returns those of the addresses that take no probe. A kernel that shows no addresses, or no
   * list, answers with none; it will still refuse the probe itself.
   */
  public Set<Long> among(Set<Long> addresses) throws IOException {
    Set<Long> closed = new HashSet<>();
    for (String line : Files.exists(list) ? Files.readAllLines(list) : List.<String>of()) {
      Matcher range = LINE.matcher(line);
      if (range.matches()) {
        long start = Long.parseUnsignedLong(range.group(1), 16);
        long end = Long.parseUnsignedLong(range.group(2), 16);
        addresses.stream()
            .filter(a -> Long.compareUnsigned(start, a) <= 0 && Long.compareUnsigned(a, end) < 0)
            .forEach(closed::add);
      }
    }
    return closed;
  }
}
