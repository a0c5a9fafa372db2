// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.PlannedFunction.PatchSite;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Holds one function's compiled bytes against the bytes at one address of the running kernel.
 *
 * <ol>
 *   <li>Fields of relocations get the value that the linker and the loader gave them, from the
 *       symbol's address. A symbol that kallsyms does not tell is derived from its first field,
 *       which is then masked and counted; later fields must agree.
 *   <li>Ranges that the kernel patches by its own tables are masked and counted, except where the
 *       caller wants them equal: inside a critical span or a probed instruction.
 *   <li>Our own probes' bytes are masked: an {@code int3} in place of the first byte, or a jump of
 *       five bytes.
 *   <li>Every other byte must be equal.
 * </ol>
 */
final class TextComparison {
  private static final int JUMP_LENGTH = 5;
  private static final byte INT3 = (byte) 0xcc;
  private static final byte JUMP = (byte) 0xe9;

  private final PlannedFunction function;
  private final BitSet strict;

  /**
   * @param function the compiled function
   * @param strict offsets at which a masked byte counts like any other
   */
  TextComparison(PlannedFunction function, BitSet strict) {
    this.function = function;
    this.strict = strict;
  }

  /**
   * The outcome.
   *
   * @param mismatch what differs first, or empty if the text is the same
   * @param patchBytes bytes masked for the kernel's own patching
   * @param relocationBytes bytes masked for symbols that cannot be told
   */
  record Outcome(Optional<String> mismatch, int patchBytes, int relocationBytes) {
    boolean same() {
      return mismatch.isEmpty();
    }

    private static Outcome differs(String what) {
      return new Outcome(Optional.of(what), 0, 0);
    }
  }

  /**
   * Compares.
   *
   * @param live the bytes at {@code address}, as many as the function has
   * @param bases gains what this function tells of symbols, also when it differs
   * @param probes offsets of our own probes
   */
  Outcome compare(long address, byte[] live, SymbolBases bases, BitSet probes) {
    byte[] expected = HexFormat.of().parseHex(function.text());
    BitSet masked = new BitSet(expected.length);
    int patchBytes = maskPatchSites(expected, live, masked);
    int relocationBytes = 0;
    for (Relocation relocation : function.relocations()) {
      Field field = Field.of(relocation);
      if (field == null) {
        return Outcome.differs(
            "a relocation of type "
                + relocation.type()
                + " at +"
                + hex(relocation.offset())
                + ", which this version cannot resolve");
      }
      if (relocation.offset() + field.size() > expected.length) {
        return Outcome.differs("a relocation that reaches over the function's end");
      }
      if (field.size() == 0 || masked.get(relocation.offset())) {
        continue;
      }
      OptionalLong base = bases.find(function, relocation);
      if (base.isPresent()) {
        field.put(expected, relocation, address, base.getAsLong());
      } else {
        int unresolved = strict.nextSetBit(relocation.offset());
        if (unresolved >= 0 && unresolved < relocation.offset() + field.size()) {
          return Outcome.differs(
              "a reference to "
                  + relocation.symbol()
                  + " at +"
                  + hex(relocation.offset())
                  + " inside a critical span, which kallsyms cannot resolve");
        }
        bases.derive(function, relocation, field.base(live, relocation, address));
        masked.set(relocation.offset(), relocation.offset() + field.size());
        relocationBytes += field.size();
      }
    }
    maskProbes(expected, live, masked, probes);
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != live[i] && !masked.get(i)) {
        return Outcome.differs(
            "byte 0x%02x at +%s where the compiler made 0x%02x%s"
                .formatted(
                    live[i],
                    hex(i),
                    expected[i],
                    live[i] == INT3 || live[i] == JUMP ? " (somebody else's probe?)" : ""));
      }
    }
    return new Outcome(Optional.empty(), patchBytes, relocationBytes);
  }

  private int maskPatchSites(byte[] expected, byte[] live, BitSet masked) {
    for (PatchSite site : function.patchSites()) {
      for (int i = site.offset(); i < site.offset() + site.length(); i++) {
        if (i < expected.length && !(strict.get(i) && expected[i] != live[i])) {
          masked.set(i);
        }
      }
    }
    return masked.cardinality();
  }

  private static void maskProbes(byte[] expected, byte[] live, BitSet masked, BitSet probes) {
    for (int at = probes.nextSetBit(0); at >= 0; at = probes.nextSetBit(at + 1)) {
      if (at < live.length && live[at] == INT3) {
        masked.set(at);
      } else if (at < live.length && live[at] == JUMP) {
        masked.set(at, Math.min(at + JUMP_LENGTH, expected.length));
      }
    }
  }

  /** Returns whether a probe is armed, by the first byte at its address. */
  static boolean armed(byte first) {
    return first == INT3 || first == JUMP;
  }

  static String hex(int offset) {
    return "0x" + Integer.toHexString(offset);
  }

  /** A relocation's field: how wide it is, and whether it is relative to its own place. */
  private record Field(int size, boolean relative) {
    static Field of(Relocation relocation) {
      return switch (relocation.type()) {
        case "R_X86_64_NONE" -> new Field(0, false);
        case "R_X86_64_PC32", "R_X86_64_PLT32" -> new Field(4, true);
        case "R_X86_64_32", "R_X86_64_32S" -> new Field(4, false);
        case "R_X86_64_64" -> new Field(8, false);
        case "R_X86_64_PC64" -> new Field(8, true);
        default -> null;
      };
    }

    void put(byte[] bytes, Relocation relocation, long function, long base) {
      long value = base + relocation.addend() - origin(relocation, function);
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      if (size == 4) {
        buffer.putInt(relocation.offset(), (int) value);
      } else {
        buffer.putLong(relocation.offset(), value);
      }
    }

    long base(byte[] live, Relocation relocation, long function) {
      ByteBuffer buffer = ByteBuffer.wrap(live).order(ByteOrder.LITTLE_ENDIAN);
      long value =
          size == 4 ? buffer.getInt(relocation.offset()) : buffer.getLong(relocation.offset());
      return value - relocation.addend() + origin(relocation, function);
    }

    private long origin(Relocation relocation, long function) {
      return relative ? function + relocation.offset() : 0;
    }
  }
}
