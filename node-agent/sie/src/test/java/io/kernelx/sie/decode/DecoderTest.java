// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.decode.Operand.Field;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Operand.Visibility;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DecoderTest {
  private final Decoder decoder = new Decoder();

  private Instruction decode(String hex) {
    Bytes bytes = Bytes.ofHex(hex);
    Decoded decoded = decoder.decode(bytes, 0);
    assertThat(decoded).isInstanceOf(Instruction.class);
    Instruction instruction = (Instruction) decoded;
    assertThat(instruction.bytes()).isEqualTo(bytes);
    return instruction;
  }

  private static RegisterOperand register(Instruction instruction, int index) {
    return (RegisterOperand) instruction.operands().get(index);
  }

  private static MemoryOperand memory(Instruction instruction, int index) {
    return (MemoryOperand) instruction.operands().get(index);
  }

  private static ImmediateOperand immediate(Instruction instruction, int index) {
    return (ImmediateOperand) instruction.operands().get(index);
  }

  @Test
  void movOfAnImmediateNamesTheFieldAndThe32BitView() {
    Instruction mov = decode("bd 0a 00 00 00");
    assertThat(mov.mnemonic()).isEqualTo("mov");
    assertThat(register(mov, 0).view()).isEqualTo(new RegisterView(Register.RBP, 32, false, "ebp"));
    assertThat(register(mov, 0).access()).isEqualTo(new Access(false, true, false, false));
    assertThat(immediate(mov, 1).value()).isEqualTo(10);
    assertThat(immediate(mov, 1).field()).isEqualTo(new Field(1, 4));
    assertThat(immediate(mov, 1).width()).isEqualTo(32);
    assertThat(mov.flags().changed()).isEmpty();
  }

  @Test
  void aSignExtendedImmediateKeepsItsSign() {
    Instruction and = decode("83 e0 e0");
    assertThat(and.mnemonic()).isEqualTo("and");
    assertThat(register(and, 0).access()).isEqualTo(new Access(true, true, false, false));
    assertThat(immediate(and, 1).value()).isEqualTo(-32);
    assertThat(immediate(and, 1).signed()).isTrue();
    assertThat(immediate(and, 1).field()).isEqualTo(new Field(2, 1));
    assertThat(and.operandWidth()).isEqualTo(32);
    assertThat(and.flags().cleared()).isEqualTo(Set.of(Flag.CF, Flag.OF));
    assertThat(and.flags().modified()).isEqualTo(Set.of(Flag.ZF, Flag.SF, Flag.PF));
    assertThat(and.flags().undefined()).isEqualTo(Set.of(Flag.AF));
  }

  @Test
  void aWideImmediateHasItsOwnField() {
    Instruction movabs = decode("48 b8 88 77 66 55 44 33 22 11");
    assertThat(immediate(movabs, 1).value()).isEqualTo(0x1122334455667788L);
    assertThat(immediate(movabs, 1).field()).isEqualTo(new Field(2, 8));
    assertThat(register(movabs, 0).width()).isEqualTo(64);
  }

  @Test
  void memoryOperandsShowEveryPart() {
    Instruction mov = decode("65 44 89 a4 c8 78 56 34 12");
    MemoryOperand memory = memory(mov, 0);
    assertThat(memory.segment()).isEqualTo(Register.GS);
    assertThat(memory.base().orElseThrow().container()).isEqualTo(Register.RAX);
    assertThat(memory.index().orElseThrow().container()).isEqualTo(Register.RCX);
    assertThat(memory.scale()).isEqualTo(8);
    assertThat(memory.displacement()).isEqualTo(0x12345678);
    assertThat(memory.displacementField()).isEqualTo(new Field(5, 4));
    assertThat(memory.width()).isEqualTo(32);
    assertThat(memory.addressWidth()).isEqualTo(64);
    assertThat(memory.access().writes()).isTrue();
    assertThat(memory.access().anyRead()).isFalse();
    assertThat(register(mov, 1).view().name()).isEqualTo("r12d");
  }

  @Test
  void ripRelativeAndImmediateHaveTwoFields() {
    Instruction cmp = decode("81 3d 44 33 22 11 20 00 00 00");
    assertThat(memory(cmp, 0).ripRelative()).isTrue();
    assertThat(memory(cmp, 0).displacementField()).isEqualTo(new Field(2, 4));
    assertThat(immediate(cmp, 1).field()).isEqualTo(new Field(6, 4));
    assertThat(memory(cmp, 0).access()).isEqualTo(new Access(true, false, false, false));
  }

  @Test
  void leaTouchesNoMemory() {
    Instruction lea = decode("8d 44 11 40");
    assertThat(memory(lea, 1).kind()).isEqualTo(MemoryOperand.Kind.ADDRESS_ONLY);
    assertThat(memory(lea, 1).displacement()).isEqualTo(0x40);
    assertThat(register(lea, 0).width()).isEqualTo(32);
  }

  @Test
  void highByteViewsAreToldFromTheNewLowBytes() {
    assertThat(register(decode("88 e1"), 1).view())
        .isEqualTo(new RegisterView(Register.RAX, 8, true, "ah"));
    assertThat(register(decode("40 88 e1"), 1).view())
        .isEqualTo(new RegisterView(Register.RSP, 8, false, "spl"));
    assertThat(register(decode("88 e1"), 1).view().lowestBit()).isEqualTo(8);
  }

  @Test
  void shiftByOneHasAnImpliedImmediate() {
    Instruction shl = decode("d1 e0");
    assertThat(immediate(shl, 1).value()).isEqualTo(1);
    assertThat(immediate(shl, 1).field()).isEqualTo(Field.NONE);
    Instruction shr = decode("c1 e8 03");
    assertThat(immediate(shr, 1).value()).isEqualTo(3);
    assertThat(immediate(shr, 1).field()).isEqualTo(new Field(2, 1));
  }

  @Test
  void conditionalMoveReadsItsSourceAndMayWrite() {
    Instruction cmov = decode("0f 47 f2");
    assertThat(cmov.mnemonic()).isEqualTo("cmovnbe");
    assertThat(cmov.condition()).contains(Condition.NBE);
    assertThat(cmov.condition().orElseThrow().negated()).isEqualTo(Condition.BE);
    assertThat(register(cmov, 0).access().anyWrite()).isTrue();
    assertThat(register(cmov, 0).access().writes()).isFalse();
    assertThat(cmov.flags().read()).isEqualTo(Set.of(Flag.CF, Flag.ZF));
  }

  @Test
  void setccIsNoJumpAndSyscallNoCondition() {
    assertThat(decode("0f 94 c0").condition()).contains(Condition.Z);
    assertThat(decode("0f 94 c0").branch().kind()).isEqualTo(Branch.Kind.NONE);
    assertThat(decode("0f 05").branch().kind()).isEqualTo(Branch.Kind.TRAP);
    assertThat(decode("0f 05").condition()).isEmpty();
  }

  @Test
  void branchesCarryTheirTarget() {
    Instruction near = (Instruction) decoder.decode(Bytes.ofHex("90 90 0f 83 10 00 00 00"), 2);
    assertThat(near.offset()).isEqualTo(2);
    assertThat(near.end()).isEqualTo(8);
    assertThat(near.branch().kind()).isEqualTo(Branch.Kind.CONDITIONAL);
    assertThat(near.branch().target()).hasValue(24);
    assertThat(decode("eb fe").branch().target()).hasValue(0);
    assertThat(decode("eb fe").branch().kind()).isEqualTo(Branch.Kind.JUMP);
    assertThat(decode("e8 00 00 00 00").branch().kind()).isEqualTo(Branch.Kind.CALL);
    assertThat(decode("ff d0").branch().kind()).isEqualTo(Branch.Kind.INDIRECT_CALL);
    assertThat(decode("ff e0").branch().kind()).isEqualTo(Branch.Kind.INDIRECT_JUMP);
    assertThat(decode("c3").branch().kind()).isEqualTo(Branch.Kind.RETURN);
    assertThat(decode("0f 0b").branch().kind()).isEqualTo(Branch.Kind.TRAP);
    assertThat(decode("cc").branch().kind()).isEqualTo(Branch.Kind.TRAP);
  }

  @Test
  void prefixesAreKept() {
    assertThat(decode("f0 ff 00").prefixes()).isEqualTo(Set.of(Prefix.LOCK));
    assertThat(decode("f3 48 a5").prefixes()).contains(Prefix.REP);
  }

  @Test
  void pushShowsItsHiddenStackOperands() {
    Instruction push = decode("6a 20");
    assertThat(immediate(push, 0).value()).isEqualTo(32);
    assertThat(push.visibleOperands()).hasSize(1);
    assertThat(push.operands())
        .anySatisfy(
            o -> {
              assertThat(o).isInstanceOf(RegisterOperand.class);
              assertThat(o.visibility()).isEqualTo(Visibility.HIDDEN);
              assertThat(((RegisterOperand) o).view().container()).isEqualTo(Register.RSP);
              assertThat(o.access()).isEqualTo(new Access(true, true, false, false));
            })
        .anySatisfy(
            o -> {
              assertThat(o).isInstanceOf(MemoryOperand.class);
              assertThat(o.width()).isEqualTo(64);
              assertThat(o.access().writes()).isTrue();
            });
  }

  @Test
  void vectorRegistersAreNamedButNotModelled() {
    Instruction movd = decode("66 0f 6e c0");
    assertThat(register(movd, 0).view().container()).isEqualTo(Register.OTHER);
    assertThat(register(movd, 0).view().name()).isEqualTo("xmm0");
  }

  @Test
  void straightLinesDecodeWholeAndStopAtGarbage() {
    List<Decoded> line = decoder.decodeAll(Bytes.ofHex("55 48 89 e5 06 90"));
    assertThat(line).hasSize(3);
    assertThat(line.get(2)).isEqualTo(new Undecodable(4, "no instruction of 64-bit code"));
    assertThat(((Instruction) line.get(1)).offset()).isEqualTo(1);
  }

  @Test
  void instructionsThatAreCutOffAreUndecodable() {
    assertThat(decoder.decode(Bytes.ofHex("81 3d 44"), 0))
        .isEqualTo(new Undecodable(0, "the instruction is cut off"));
    assertThat(decoder.decodeAll(Bytes.of())).isEmpty();
  }

  @Test
  void randomBytesNeverCrash() {
    Random random = new Random(20260101);
    int decoded = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[1 + random.nextInt(18)];
      random.nextBytes(bytes);
      switch (decoder.decode(Bytes.of(bytes), 0)) {
        case Instruction instruction -> {
          decoded++;
          assertThat(instruction.length()).isBetween(1, Math.min(15, bytes.length));
          for (Operand operand : instruction.operands()) {
            Field field =
                switch (operand) {
                  case ImmediateOperand i -> i.field();
                  case MemoryOperand m -> m.displacementField();
                  case RegisterOperand r -> Field.NONE;
                };
            assertThat(field.offset() + field.size()).isLessThanOrEqualTo(instruction.length());
          }
        }
        case Undecodable undecodable -> assertThat(undecodable.offset()).isZero();
      }
    }
    assertThat(decoded).isGreaterThan(5_000);
  }
}
