// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.kernelx.sie.decode.Operand.Field;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Operand.Visibility;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Turns one decoded C structure into an {@link Instruction}. */
final class ZydisReader {
  /**
   * What leaves its destination as it was when the source is 0, at least on some processors; code
   * relies on that. The library says that they always write.
   */
  private static final Set<String> SCANS = Set.of("bsf", "bsr", "tzcnt");

  private final Zydis zydis;
  private final MemorySegment raw;
  private final MemorySegment operands;
  private final Bytes window;
  private final int offset;
  private int immediatesSeen;

  ZydisReader(Zydis zydis, MemorySegment raw, MemorySegment operands, Bytes window, int offset) {
    this.zydis = zydis;
    this.raw = raw;
    this.operands = operands;
    this.window = window;
    this.offset = offset;
  }

  Instruction read() {
    int length = unsignedByte(raw, ZydisLayout.LENGTH);
    String mnemonic = zydis.mnemonic(raw.get(JAVA_INT, ZydisLayout.MNEMONIC));
    List<Operand> all = new ArrayList<>();
    for (int i = 0; i < unsignedByte(raw, ZydisLayout.OPERAND_COUNT); i++) {
      operand(operands.asSlice((long) i * ZydisLayout.OPERAND_SIZE, ZydisLayout.OPERAND_SIZE))
          .ifPresent(all::add);
    }
    return new Instruction(
        offset,
        window.slice(0, length),
        mnemonic,
        SCANS.contains(mnemonic) ? destinationMayStay(all) : all,
        unsignedByte(raw, ZydisLayout.OPERAND_WIDTH),
        flags(),
        prefixes(),
        branch(mnemonic, all, offset + length),
        List.of());
  }

  private static List<Operand> destinationMayStay(List<Operand> all) {
    List<Operand> changed = new ArrayList<>(all);
    if (all.getFirst() instanceof RegisterOperand r) {
      Access access = new Access(false, false, true, true);
      changed.set(0, new RegisterOperand(r.view(), access, r.visibility()));
    }
    return changed;
  }

  private Optional<Operand> operand(MemorySegment operand) {
    int width = Short.toUnsignedInt(operand.get(JAVA_SHORT, ZydisLayout.SIZE));
    Visibility visibility = Visibility.values()[operand.get(JAVA_INT, ZydisLayout.VISIBILITY) - 1];
    int actions = unsignedByte(operand, ZydisLayout.ACTIONS);
    Access access =
        new Access(
            (actions & ZydisLayout.ACTION_READ) != 0,
            (actions & ZydisLayout.ACTION_WRITE) != 0,
            (actions & ZydisLayout.ACTION_MAY_READ) != 0,
            (actions & ZydisLayout.ACTION_MAY_WRITE) != 0);
    return switch (operand.get(JAVA_INT, ZydisLayout.TYPE)) {
      case ZydisLayout.TYPE_REGISTER ->
          Optional.of(
              new RegisterOperand(
                  zydis.register(operand.get(JAVA_INT, ZydisLayout.REGISTER)), access, visibility));
      case ZydisLayout.TYPE_MEMORY -> Optional.of(memory(operand, width, access, visibility));
      case ZydisLayout.TYPE_IMMEDIATE -> Optional.of(immediate(operand, width, visibility));
      default -> Optional.empty();
    };
  }

  private MemoryOperand memory(
      MemorySegment operand, int width, Access access, Visibility visibility) {
    MemoryOperand.Kind kind =
        switch (operand.get(JAVA_INT, ZydisLayout.MEMORY_TYPE)) {
          case ZydisLayout.MEMORY_PLAIN -> MemoryOperand.Kind.PLAIN;
          case ZydisLayout.MEMORY_ADDRESS -> MemoryOperand.Kind.ADDRESS_ONLY;
          default -> MemoryOperand.Kind.UNMODELLED;
        };
    boolean encoded = visibility == Visibility.EXPLICIT;
    int fieldBits = encoded ? unsignedByte(raw, ZydisLayout.DISPLACEMENT_SIZE) : 0;
    Field field =
        fieldBits == 0
            ? Field.NONE
            : new Field(unsignedByte(raw, ZydisLayout.DISPLACEMENT_OFFSET), fieldBits / 8);
    return new MemoryOperand(
        kind,
        zydis.register(operand.get(JAVA_INT, ZydisLayout.SEGMENT)).container(),
        optionalRegister(operand.get(JAVA_INT, ZydisLayout.BASE)),
        optionalRegister(operand.get(JAVA_INT, ZydisLayout.INDEX)),
        unsignedByte(operand, ZydisLayout.SCALE),
        operand.get(JAVA_LONG, ZydisLayout.DISPLACEMENT),
        field,
        unsignedByte(raw, ZydisLayout.ADDRESS_WIDTH),
        width,
        access,
        visibility);
  }

  private Optional<RegisterView> optionalRegister(int id) {
    return id == 0 ? Optional.empty() : Optional.of(zydis.register(id));
  }

  private ImmediateOperand immediate(MemorySegment operand, int width, Visibility visibility) {
    Field field = Field.NONE;
    boolean encoded = operand.get(JAVA_INT, ZydisLayout.ENCODING) != 0;
    if (encoded && immediatesSeen < ZydisLayout.IMMEDIATE_SIZE.length) {
      int bits = unsignedByte(raw, ZydisLayout.IMMEDIATE_SIZE[immediatesSeen]);
      if (bits > 0) {
        field =
            new Field(unsignedByte(raw, ZydisLayout.IMMEDIATE_OFFSET[immediatesSeen]), bits / 8);
      }
      immediatesSeen++;
    }
    return new ImmediateOperand(
        operand.get(JAVA_LONG, ZydisLayout.IMMEDIATE_VALUE),
        width,
        operand.get(JAVA_BYTE, ZydisLayout.IMMEDIATE_SIGNED) != 0,
        operand.get(JAVA_BYTE, ZydisLayout.IMMEDIATE_RELATIVE) != 0,
        field,
        visibility);
  }

  private FlagEffects flags() {
    MemorySegment masks = raw.get(ADDRESS, ZydisLayout.CPU_FLAGS);
    if (masks.equals(MemorySegment.NULL)) {
      return FlagEffects.NONE;
    }
    MemorySegment readable = masks.reinterpret(ZydisLayout.FLAGS_SIZE);
    return new FlagEffects(
        flagSet(readable.get(JAVA_INT, ZydisLayout.FLAGS_TESTED)),
        flagSet(readable.get(JAVA_INT, ZydisLayout.FLAGS_MODIFIED)),
        flagSet(readable.get(JAVA_INT, ZydisLayout.FLAGS_CLEARED)),
        flagSet(readable.get(JAVA_INT, ZydisLayout.FLAGS_SET)),
        flagSet(readable.get(JAVA_INT, ZydisLayout.FLAGS_UNDEFINED)));
  }

  private static Set<Flag> flagSet(int mask) {
    EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
    for (Flag flag : Flag.values()) {
      if ((mask >>> flag.bit() & 1) != 0) {
        flags.add(flag);
      }
    }
    return flags;
  }

  private Set<Prefix> prefixes() {
    long attributes = raw.get(JAVA_LONG, ZydisLayout.ATTRIBUTES);
    EnumSet<Prefix> prefixes = EnumSet.noneOf(Prefix.class);
    addIf(prefixes, Prefix.LOCK, attributes & ZydisLayout.ATTRIBUTE_LOCK);
    addIf(prefixes, Prefix.REP, attributes & ZydisLayout.ATTRIBUTE_REP);
    addIf(prefixes, Prefix.REPE, attributes & ZydisLayout.ATTRIBUTE_REPE);
    addIf(prefixes, Prefix.REPNE, attributes & ZydisLayout.ATTRIBUTE_REPNE);
    addIf(prefixes, Prefix.NOTRACK, attributes & ZydisLayout.ATTRIBUTE_NOTRACK);
    return prefixes;
  }

  private static void addIf(Set<Prefix> prefixes, Prefix prefix, long present) {
    if (present != 0) {
      prefixes.add(prefix);
    }
  }

  private Branch branch(String mnemonic, List<Operand> all, int end) {
    OptionalInt target = OptionalInt.empty();
    for (Operand operand : all) {
      if (operand instanceof ImmediateOperand immediate && immediate.relative()) {
        target = OptionalInt.of((int) (end + immediate.value()));
      }
    }
    boolean direct = target.isPresent();
    Branch.Kind kind =
        switch (raw.get(JAVA_INT, ZydisLayout.CATEGORY)) {
          case ZydisLayout.CATEGORY_CONDITIONAL -> Branch.Kind.CONDITIONAL;
          case ZydisLayout.CATEGORY_UNCONDITIONAL ->
              direct ? Branch.Kind.JUMP : Branch.Kind.INDIRECT_JUMP;
          case ZydisLayout.CATEGORY_CALL -> direct ? Branch.Kind.CALL : Branch.Kind.INDIRECT_CALL;
          case ZydisLayout.CATEGORY_RETURN, ZydisLayout.CATEGORY_SYSRET -> Branch.Kind.RETURN;
          case ZydisLayout.CATEGORY_INTERRUPT, ZydisLayout.CATEGORY_SYSCALL -> Branch.Kind.TRAP;
          default -> mnemonic.startsWith("ud") ? Branch.Kind.TRAP : Branch.Kind.NONE;
        };
    return kind == Branch.Kind.NONE ? Branch.NONE : new Branch(kind, target);
  }

  private static int unsignedByte(MemorySegment segment, long at) {
    return Byte.toUnsignedInt(segment.get(JAVA_BYTE, at));
  }
}
