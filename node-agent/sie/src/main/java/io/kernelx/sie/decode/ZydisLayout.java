// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

/** Sizes, offsets and numbers of Zydis 4.0's C structures on x86-64, in bytes. */
final class ZydisLayout {
  static final int MODE_LONG_64 = 0;
  static final int STACK_WIDTH_64 = 2;
  static final int STATUS_NO_MORE_DATA = 0x80200000;
  static final int DECODER_SIZE = 20;
  static final int MAX_OPERANDS = 10;

  static final int INSTRUCTION_SIZE = 328;
  static final int MNEMONIC = 4;
  static final int LENGTH = 8;
  static final int OPERAND_WIDTH = 22;
  static final int ADDRESS_WIDTH = 23;
  static final int OPERAND_COUNT = 24;
  static final int ATTRIBUTES = 32;
  static final int CPU_FLAGS = 40;
  static final int CATEGORY = 92;
  static final int DISPLACEMENT_SIZE = 272;
  static final int DISPLACEMENT_OFFSET = 273;
  static final int[] IMMEDIATE_SIZE = {296, 320};
  static final int[] IMMEDIATE_OFFSET = {297, 321};

  static final int FLAGS_SIZE = 20;
  static final int FLAGS_TESTED = 0;
  static final int FLAGS_MODIFIED = 4;
  static final int FLAGS_CLEARED = 8;
  static final int FLAGS_SET = 12;
  static final int FLAGS_UNDEFINED = 16;

  static final int OPERAND_SIZE = 80;
  static final int VISIBILITY = 4;
  static final int ACTIONS = 8;
  static final int ENCODING = 12;
  static final int SIZE = 16;
  static final int TYPE = 32;
  static final int REGISTER = 40;
  static final int MEMORY_TYPE = 40;
  static final int SEGMENT = 44;
  static final int BASE = 48;
  static final int INDEX = 52;
  static final int SCALE = 56;
  static final int DISPLACEMENT = 72;
  static final int IMMEDIATE_SIGNED = 40;
  static final int IMMEDIATE_RELATIVE = 41;
  static final int IMMEDIATE_VALUE = 48;

  static final int TYPE_REGISTER = 1;
  static final int TYPE_MEMORY = 2;
  static final int TYPE_IMMEDIATE = 4;
  static final int MEMORY_PLAIN = 1;
  static final int MEMORY_ADDRESS = 2;
  static final int ACTION_READ = 1;
  static final int ACTION_WRITE = 2;
  static final int ACTION_MAY_READ = 4;
  static final int ACTION_MAY_WRITE = 8;

  static final long ATTRIBUTE_LOCK = 1L << 27;
  static final long ATTRIBUTE_REP = 1L << 28;
  static final long ATTRIBUTE_REPE = 1L << 29;
  static final long ATTRIBUTE_REPNE = 1L << 30;
  static final long ATTRIBUTE_NOTRACK = 1L << 36;

  static final int CATEGORY_CALL = 20;
  static final int CATEGORY_CONDITIONAL = 28;
  static final int CATEGORY_INTERRUPT = 43;
  static final int CATEGORY_RETURN = 75;
  static final int CATEGORY_SYSCALL = 89;
  static final int CATEGORY_SYSRET = 90;
  static final int CATEGORY_UNCONDITIONAL = 96;

  private ZydisLayout() {}
}
