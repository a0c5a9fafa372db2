// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.object.ObjectFunction.Edge;
import io.kernelx.sie.symbolic.Patches;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where x86 kernels allow a kprobe, and where they can turn it into a jump. The rules are those of
 * Linux 6.1 to 6.12, for kernels built with retpolines or IBT.
 */
final class KprobeRules {

  private static final int JUMP_SIZE = 5;

  /** Second opcode bytes after 0x0f whose instructions run out of line as they are, as 16 rows. */
  private static final int[] TWO_BYTE = {
    0x034c, 0x8000, 0x000f, 0x0002, 0xffff, 0x0000, 0xcfff, 0xc0f0,
    0x0000, 0xffff, 0xbb3b, 0xf8ff, 0xff03, 0xbb2e, 0xbb26, 0x772e
  };

  private static final Set<Integer> PREFIXES =
      Set.of(0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3);

  private final FunctionCode code;

  KprobeRules(FunctionCode code) {
    this.code = code;
  }

  /**
   * Returns whether a probe may stand on the instruction: nobody else rewrites it, and the kernel
   * can step or emulate it.
   */
  boolean legal(Instruction i) {
    boolean throughMemory =
        (i.branch().kind() == Branch.Kind.INDIRECT_CALL
                || i.branch().kind() == Branch.Kind.INDIRECT_JUMP)
            && i.operands().stream().anyMatch(o -> o instanceof MemoryOperand m && m.width() > 0)
            && !(i.operands().getFirst() instanceof RegisterOperand);
    return i.branch().kind() != Branch.Kind.TRAP
        && !throughMemory
        && !i.mnemonic().equals("endbr64")
        && !Patches.any(code.function(), i.offset(), i.end());
  }

  /**
   * Returns whether the kernel can put a jump in the place of the instruction at {@code index}:
   * five bytes within the function, every covered instruction boostable and written by nobody else,
   * no jump into the bytes after the first, no exception fixup in the function.
   */
  boolean jumpOptimisable(int index) {
    return obstacle(index).isEmpty();
  }

  /** Returns why the kernel cannot; see {@link #jumpOptimisable}. */
  Optional<JumpObstacle> obstacle(int index) {
    int start = code.instructions().get(index).offset();
    if (code.function().text().length() - start < JUMP_SIZE) {
      return Optional.of(JumpObstacle.FUNCTION_END);
    }
    int end = start;
    for (int i = index; end < start + JUMP_SIZE; i++) {
      Instruction covered = code.instructions().get(i);
      if (!boostable(covered)) {
        return Optional.of(JumpObstacle.NOT_BOOSTABLE);
      }
      end = covered.end();
    }
    if (Patches.any(code.function(), start, end)) {
      return Optional.of(JumpObstacle.PATCHED);
    }
    List<Edge> edges = code.function().edges();
    if (edges.stream().anyMatch(e -> e.table().equals("__ex_table"))) {
      return Optional.of(JumpObstacle.FIXUP);
    }
    boolean into =
        edges.stream().anyMatch(e -> e.to().filter(t -> into(t, start)).isPresent())
            || code.instructions().stream()
                .anyMatch(
                    i ->
                        i.branch().target().isPresent()
                            && jumps(i)
                            && into(i.branch().target().getAsInt(), start));
    return into ? Optional.of(JumpObstacle.JUMPED_INTO) : Optional.empty();
  }

  /**
   * Returns the sites with those that stand in another's way taken for breakpoints: the kernel
   * makes no jump over an instruction that has a probe itself.
   *
   * @param sites of this function
   */
  List<SiteDraft> apart(List<SiteDraft> sites) {
    Set<Integer> probed =
        sites.stream()
            .map(s -> code.instructions().get(s.instruction()).offset())
            .collect(Collectors.toSet());
    return sites.stream()
        .map(s -> s.jumpOptimisable() && crowded(s.instruction(), probed) ? s.asBreakpoint() : s)
        .toList();
  }

  private boolean crowded(int index, Set<Integer> probed) {
    int start = code.instructions().get(index).offset();
    for (int i = index + 1; code.instructions().get(i - 1).end() < start + JUMP_SIZE; i++) {
      if (probed.contains(code.instructions().get(i).offset())) {
        return true;
      }
    }
    return false;
  }

  private static boolean jumps(Instruction i) {
    return (i.branch().kind() == Branch.Kind.JUMP || i.branch().kind() == Branch.Kind.CONDITIONAL)
        && i.relocations().isEmpty();
  }

  private static boolean into(int target, int start) {
    return start + 1 <= target && target <= start + JUMP_SIZE;
  }

  /** Returns whether the kernel runs the instruction out of line without stepping it. */
  static boolean boostable(Instruction i) {
    Bytes b = i.bytes();
    int at = 0;
    boolean barred = false;
    while (PREFIXES.contains(b.at(at))) {
      barred |= b.at(at) == 0x2e || b.at(at) == 0x67;
      at++;
    }
    if ((b.at(at) & 0xf0) == 0x40) {
      at++;
    }
    int opcode = b.at(at);
    if (opcode == 0x0f) {
      int second = b.at(at + 1);
      boolean threeBytes = second == 0x38 || second == 0x3a;
      return !threeBytes && (TWO_BYTE[second >> 4] >> (second & 15) & 1) != 0;
    }
    if (opcode == 0xc4 || opcode == 0xc5 || barred) {
      return false;
    }
    int reg = at + 1 < b.length() ? b.at(at + 1) >> 3 & 7 : 0;
    return switch (opcode) {
      case 0x62, 0x9a, 0xcc, 0xcd, 0xce, 0xd6, 0xe8, 0xe9, 0xeb -> false;
      case 0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3 -> reg != 6;
      case 0xf6, 0xf7 -> reg != 1;
      case 0xfe -> reg <= 1;
      case 0xff -> reg <= 1 || reg == 4;
      default ->
          !(opcode >= 0x70 && opcode <= 0x7f
              || opcode >= 0xd8 && opcode <= 0xdf
              || opcode >= 0xe0 && opcode <= 0xe3
              || opcode >= 0xf0 && opcode <= 0xf4);
    };
  }
}
