// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.diff.FunctionCode;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs a compiled function natively, with probes before some of its instructions: the processor
 * stops there, the probe sees and changes registers and memory, and the function goes on with the
 * probed instruction or after it.
 */
public final class NativeFunction implements AutoCloseable {

  private static final int ENTRY = 20;
  private static final int STOPPED = 21;
  private static final int RETURNED = -1;
  private static final int MOST_HITS = 1_000_000;

  /** What a probe does. */
  @FunctionalInterface
  public interface Probe {
    /**
     * Is hit before an instruction.
     *
     * @param instruction its index
     * @param registers in encoding order, then the flags; may be changed
     * @param memory the window's content; may be changed
     * @return whether the instruction is stepped over
     */
    boolean hit(int instruction, long[] registers, byte[] memory);
  }

  private final NativePage page;
  private final Map<Integer, Integer> starts = new HashMap<>();
  private final Map<Integer, Integer> resumptions = new HashMap<>();
  private final Map<Integer, Integer> open = new HashMap<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  public NativeFunction() throws Throwable {
    this.page = new NativePage();
  }

  /** Returns the address of the window. */
  public long window() {
    return page.window();
  }

  /**
   * Reads memory while a probe is hit.
   *
   * @param memory the window's content
   * @param width in bits
   */
  public long read(byte[] memory, long address, int width) {
    long value = 0;
    for (int k = width / 8 - 1; k >= 0; k--) {
      long at = address + k - window();
      byte b = at >= 0 && at < memory.length ? memory[(int) at] : page.peek(address + k);
      value = value << 8 | b & 0xff;
    }
    return value;
  }

  /** Writes memory while a probe is hit, as {@link #read} reads it. */
  public void write(byte[] memory, long address, int width, long value) {
    for (int k = 0; k < width / 8; k++) {
      long at = address + k - window();
      if (at >= 0 && at < memory.length) {
        memory[(int) at] = (byte) (value >> 8 * k);
      } else {
        page.poke(address + k, (byte) (value >> 8 * k));
      }
    }
  }

  /** Returns the window's size in bytes. */
  public static int windowBytes() {
    return NativePage.WINDOW;
  }

  /**
   * Puts a function in place of the last one.
   *
   * @param probes indices of instructions to stop before
   * @return what cannot be run this way, or empty if all can
   */
  public Optional<String> load(FunctionCode code, Set<Integer> probes) {
    body.reset();
    starts.clear();
    resumptions.clear();
    open.clear();
    bytes(0xff, 0x25);
    distanceToSlot(ENTRY, 0);
    Map<Integer, Integer> indexAt = new HashMap<>();
    for (int i = 0; i < code.instructions().size(); i++) {
      indexAt.put(code.instructions().get(i).offset(), i);
    }
    for (int i = 0; i < code.instructions().size(); i++) {
      starts.put(i, body.size());
      if (probes.contains(i)) {
        stop(i);
      }
      resumptions.put(i, body.size());
      Optional<String> obstacle = instruction(code.instructions().get(i), indexAt);
      if (obstacle.isPresent()) {
        return obstacle;
      }
    }
    starts.put(code.instructions().size(), body.size());
    byte[] done = body.toByteArray();
    open.forEach(
        (at, target) -> {
          int to = target == RETURNED ? done.length : starts.get(target);
          number(done, at, to - (at + 4));
        });
    page.load(done);
    return Optional.empty();
  }

  /**
   * Runs the function from its start to its return.
   *
   * @param state registers in encoding order, then the flags; changed to what they are after
   * @param memory the window's content; changed to what it is after
   */
  public void run(long[] state, byte[] memory, Probe probe) throws Throwable {
    int at = starts.get(0);
    for (int hits = 0; hits < MOST_HITS; hits++) {
      page.set(ENTRY, page.body() + at);
      page.run(state, memory);
      int stopped = (int) page.get(STOPPED);
      if (stopped == RETURNED) {
        return;
      }
      at = probe.hit(stopped, state, memory) ? starts.get(stopped + 1) : resumptions.get(stopped);
    }
    throw new AssertionError("the function does not come to an end");
  }

  private Optional<String> instruction(Instruction i, Map<Integer, Integer> indexAt) {
    boolean relative =
        i.operands().stream().anyMatch(o -> o instanceof MemoryOperand m && m.ripRelative());
    if (relative || !i.relocations().isEmpty()) {
      return Optional.of("a reference to a symbol");
    }
    switch (i.branch().kind()) {
      case NONE -> body.writeBytes(i.bytes().toArray());
      case RETURN -> stop(RETURNED);
      case JUMP -> {
        bytes(0xe9);
        jump(indexAt.get(i.branch().target().orElseThrow()));
      }
      case CONDITIONAL -> {
        if (i.condition().isEmpty()) {
          return Optional.of(i.mnemonic());
        }
        bytes(0x0f, 0x80 + i.condition().get().ordinal());
        jump(indexAt.get(i.branch().target().orElseThrow()));
      }
      default -> {
        return Optional.of(i.branch().kind() == Branch.Kind.TRAP ? "a trap" : "a call");
      }
    }
    return Optional.empty();
  }

  private void stop(int number) {
    bytes(0xc7, 0x05);
    distanceToSlot(STOPPED, 4);
    fourBytes(number);
    bytes(0xe9);
    jump(RETURNED);
  }

  private void jump(int target) {
    open.put(body.size(), target);
    fourBytes(0);
  }

  /** The distance from the end of an instruction that goes on for some bytes after this field. */
  private void distanceToSlot(int slot, int rest) {
    fourBytes((int) (page.slot(slot) - (page.body() + body.size() + 4 + rest)));
  }

  private void fourBytes(int value) {
    bytes(value, value >> 8, value >> 16, value >> 24);
  }

  private void bytes(int... values) {
    for (int v : values) {
      body.write(v);
    }
  }

  private static void number(byte[] code, int at, int value) {
    for (int k = 0; k < 4; k++) {
      code[at + k] = (byte) (value >> 8 * k);
    }
  }

  @Override
  public void close() {
    page.close();
  }
}
