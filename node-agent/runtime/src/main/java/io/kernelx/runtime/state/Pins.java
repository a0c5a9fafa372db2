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

/** The folder of pins: {@code <ConstID>/{meta,stats,link_<site>}}. */
public final class Pins {
  private static final String LINK = "link_";

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

  /** Returns the pin of a site's link. */
  public Path link(int id, int site) {
    return folder(id).resolve(LINK + site);
  }

  /** Returns the pins of links that are there. */
  public List<Path> links(int id) throws IOException {
    try (Stream<Path> entries = Files.list(folder(id))) {
      return entries.filter(p -> p.getFileName().toString().startsWith(LINK)).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Takes the links' pins away, and with them the probes. */
  public void removeLinks(int id) throws IOException {
    for (Path link : links(id)) {
      Files.deleteIfExists(link);
    }
  }

  /** Takes the rest away. */
  public void remove(int id) throws IOException {
    removeLinks(id);
    Files.deleteIfExists(stats(id));
    Files.deleteIfExists(meta(id));
    Files.deleteIfExists(folder(id));
  }

  private Path folder(int id) {
    return folder.resolve(Integer.toUnsignedString(id));
  }
}
