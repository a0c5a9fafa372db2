// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import java.util.Arrays;
import java.util.HexFormat;

/** An immutable sequence of bytes, compared by content. */
public final class Bytes {
  private static final HexFormat HEX = HexFormat.of();

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** Returns the bytes of {@code content}, copied. */
  public static Bytes of(byte... content) {
    return new Bytes(content.clone());
  }

  /** Returns the bytes written as hexadecimal digits; blanks between them are allowed. */
  public static Bytes ofHex(String hex) {
    return new Bytes(HEX.parseHex(hex.replace(" ", "")));
  }

  public int length() {
    return content.length;
  }

  /** Returns the byte at {@code index}, 0 to 255. */
  public int at(int index) {
    return content[index] & 0xff;
  }

  /** Returns the bytes from {@code start} up to, not including, {@code end}. */
  public Bytes slice(int start, int end) {
    if (start < 0 || start > end || end > content.length) {
      throw new IndexOutOfBoundsException(
          "bytes " + start + " to " + end + " of " + content.length);
    }
    return new Bytes(Arrays.copyOfRange(content, start, end));
  }

  /**
   * Reads a little-endian field.
   *
   * @param index of the field's first byte
   * @param size in bytes, 0 to 8
   * @return the field, zero-extended
   */
  public long unsigned(int index, int size) {
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | at(index + i);
    }
    return value;
  }

  /** Reads a little-endian field like {@link #unsigned}, sign-extended. */
  public long signed(int index, int size) {
    int shift = 64 - 8 * size;
    return size == 0 ? 0 : unsigned(index, size) << shift >> shift;
  }

  public byte[] toArray() {
    return content.clone();
  }

  /** Returns the bytes as lower-case hexadecimal digits without blanks. */
  public String hex() {
    return HEX.formatHex(content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return hex();
  }
}
