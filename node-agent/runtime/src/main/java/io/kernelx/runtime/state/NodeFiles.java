// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The folder of readable tables, with the lock by which agent and command line take turns and the
 * number from which ConstIDs go on when the module is loaded again. It must not outlive a boot.
 */
public final class NodeFiles {
  private static final String NEXT_ID = "next_id";

  private final Path folder;

  public NodeFiles(Path folder) {
    this.folder = folder;
  }

  /** A held lock; closing it gives it back. A process that dies gives it back too. */
  public interface Lock extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  /** Waits for the node's lock. */
  public Lock lock() throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.lock();
      return () -> {
        lock.release();
        channel.close();
      };
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Returns the least ConstID that was not given out in this boot, as far as is known. */
  public int nextId() throws IOException {
    try {
      return Integer.parseUnsignedInt(Files.readString(folder.resolve(NEXT_ID)).strip());
    } catch (NoSuchFileException e) {
      return 1;
    } catch (NumberFormatException e) {
      throw new IOException(folder.resolve(NEXT_ID) + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Notes that a ConstID was given out. */
  public void gaveOut(int id) throws IOException {
    write(NEXT_ID, List.of(Integer.toUnsignedString(id + 1)));
  }

  /** Adds a line to a table. Under the lock only. */
  public void append(String table, String line) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve(table), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Returns the lines of a table; none if there is no such table. */
  public List<String> read(String table) throws IOException {
    try {
      return Files.readAllLines(folder.resolve(table));
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Replaces a table, so that a reader sees the old one or the new one. Under the lock only. */
  public void write(String table, List<String> lines) throws IOException {
    Files.createDirectories(folder);
    Path made = folder.resolve("." + table + ".new");
    Files.write(made, lines);
    Files.move(made, folder.resolve(table), StandardCopyOption.ATOMIC_MOVE);
  }
}
