// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The seat of a node's agent, of which there is one: two agents would undo each other's work and
 * write over each other's reports. Whoever has it keeps it until its process ends, however that
 * ends. A process that has it must not ask for it again: that would give it away.
 */
public final class AgentSeat {
  private final Path folder;

  /**
   * @param folder where all agents of this boot look, in containers too
   */
  public AgentSeat(Path folder) {
    this.folder = folder;
  }

  /**
   * Takes the seat.
   *
   * @param who the taker, for others to read
   * @return how to leave it; empty if somebody else has it
   */
  public Optional<NodeFiles.Lock> take(String who) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(
            folder.resolve("agent.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    Optional<FileLock> lock = lock(channel);
    if (lock.isEmpty()) {
      channel.close();
      return Optional.empty();
    }
    Files.writeString(folder.resolve("agent"), who + "\n");
    return Optional.of(
        () -> {
          lock.get().release();
          channel.close();
        });
  }

  private static Optional<FileLock> lock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Returns who has the seat; empty if nobody has. */
  public Optional<String> holder() throws IOException {
    Path file = folder.resolve("agent.lock");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      Optional<FileLock> lock = lock(channel);
      if (lock.isPresent()) {
        lock.get().release();
        return Optional.empty();
      }
    }
    Path name = folder.resolve("agent");
    return Optional.of(Files.exists(name) ? Files.readString(name).strip() : "a process");
  }
}
