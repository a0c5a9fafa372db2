// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The running kernel's memory through {@code /proc/kcore}. Close it after use. */
public final class Kcore implements LiveMemory {
  private final FileChannel channel;
  private final List<ElfCore.Segment> segments;

  private Kcore(FileChannel channel, List<ElfCore.Segment> segments) {
    this.channel = channel;
    this.segments = segments;
  }

  /** Opens a core file and reads its headers. */
  public static Kcore open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      ElfCore.Table table = ElfCore.table(read(channel, 0, ElfCore.HEADER));
      return new Kcore(channel, ElfCore.segments(read(channel, table.offset(), table.size())));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public byte[] read(long address, int length) throws IOException {
    long offset =
        ElfCore.offset(segments, address, length)
            .orElseThrow(
                () -> new IOException("no kernel memory at 0x" + Long.toHexString(address)));
    return read(channel, offset, length);
  }

  private static byte[] read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) <= 0) {
        throw new IOException("the core file ends at offset " + (offset + buffer.position()));
      }
    }
    return buffer.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
