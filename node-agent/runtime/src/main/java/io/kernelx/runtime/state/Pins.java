// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.state;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The folder of pins: {@code <ConstID>/{meta,stats,probe_<site>}}. */
public final class Pins {
  private static final String PROBE = "probe_";

  private final Path folder;

  public Pins(Path folder) {
    this.folder = folder;
  }

  /** Makes a constant's folder. */
  public void create(int id) throws IOException {
    Files.createDirectories(folder(id));
  }

  /** Returns every ConstID that has a folder, ascending. */
  public List<Integer> ids() throws IOException {
    List<Integer> ids = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "[0-9]*")) {
      for (Path path : stream) {
        ids.add(Integer.parseUnsignedInt(path.getFileName().toString()));
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    ids.sort(Integer::compareUnsigned);
    return ids;
  }

  /** Returns the pin of the description. */
  public Path meta(int id) {
    return folder(id).resolve("meta");
  }

  /** Returns the pin of the statistics. */
  public Path stats(int id) {
    return folder(id).resolve("stats");
  }

  /** Returns the pin of what acts at a site: a program, or the link that holds it there. */
  public Path probe(int id, int site) {
    return folder(id).resolve(PROBE + site);
  }

  /** Returns the pins of probes that are there. */
  public List<Path> probes(int id) throws IOException {
    try (Stream<Path> entries = Files.list(folder(id))) {
      return entries.filter(p -> p.getFileName().toString().startsWith(PROBE)).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Takes the probes' pins away, and with them what only pins hold. */
  public void removeProbes(int id) throws IOException {
    for (Path probe : probes(id)) {
      Files.deleteIfExists(probe);
    }
  }

  /** Takes the rest away. */
  public void remove(int id) throws IOException {
    removeProbes(id);
    Files.deleteIfExists(stats(id));
    Files.deleteIfExists(meta(id));
    Files.deleteIfExists(folder(id));
  }

  private Path folder(int id) {
    return folder.resolve(Integer.toUnsignedString(id));
  }
}
