// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A folder of the cache that is made once. Safe between threads and between processes.
 *
 * <ol>
 *   <li>A lock file beside the folder is held for as long as the folder is looked at or made.
 *   <li>The folder counts only if it holds the marker, which is put in last, by a rename.
 *   <li>A folder without a marker is what a killed process left behind: it is deleted and made
 *       anew.
 * </ol>
 */
final class CacheEntry {
  private static final String MARKER = ".complete";
  private static final long RETRY_MILLIS = 50;

  /** Makes the content of an empty folder. */
  @FunctionalInterface
  interface Maker {
    void make(Path folder) throws IOException;
  }

  private CacheEntry() {}

  /**
   * Returns the folder, complete.
   *
   * @throws UncheckedIOException if the cache cannot be written
   */
  static Path get(Path folder, Maker maker) {
    try {
      Files.createDirectories(folder.getParent());
      Path lockFile = folder.resolveSibling(folder.getFileName() + ".lock");
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = lock(channel)) {
        if (lock.isValid() && !Files.exists(folder.resolve(MARKER))) {
          delete(folder);
          Files.createDirectories(folder);
          maker.make(folder);
          Path marker = Files.createFile(folder.resolve(MARKER + ".new"));
          Files.move(marker, folder.resolve(MARKER), StandardCopyOption.ATOMIC_MOVE);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("the cache folder %s cannot be used".formatted(folder), e);
    }
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    while (true) {
      try {
        return channel.lock();
      } catch (OverlappingFileLockException heldByAnotherThread) {
        try {
          Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted while waiting for the cache's lock", e);
        }
      }
    }
  }

  /** Writes a file so that nobody ever sees a part of it. */
  static void writeWhole(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Path part = Files.createTempFile(file.getParent(), ".part", "");
    Files.write(part, content);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException error)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
