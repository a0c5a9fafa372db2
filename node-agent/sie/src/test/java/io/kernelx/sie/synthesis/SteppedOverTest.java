// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.ProbeSite.Kind;
import io.kernelx.sie.plan.ProbeSite.Memory;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.synthesis.FunctionSynthesis.Outcome;
import io.kernelx.sie.synthesis.SiteDraft.Skip;
import java.io.IOException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Instructions whose work a probe does in their place, because nothing after them could. */
class SteppedOverTest {

  @Test
  void shiftInPlaceIsDoneByTheProbe() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v -> "shr $%d, %%r15d\nimul %%edi, %%r15d\nmov %%r15d, (%%rsi)\nret".formatted(v),
            2,
            3,
            4);
    SiteDraft site = only(f);
    assertThat(site.kind()).isEqualTo(Kind.IRREVERSIBLE);
    assertThat(site.jumpOptimisable()).isFalse();
    assertThat(site.skip()).isPresent();
    assertThat(site.candidates()).containsExactly(0);
    assertThat(text(site)).isEqualTo("r15:32 = (u32)r15 >> (V & 31)");
    proved(f, 2, 3, 4, 7, 31);
    String arithmetic = "sar $5, %r15d\nimul %edi, %r15d\nmov %r15d, (%rsi)\nret";
    assertThat(f.prove(5, arithmetic)).isInstanceOf(ProofResult.Failed.class);
    String wide = "shr $5, %r15\nimul %edi, %r15d\nmov %r15d, (%rsi)\nret";
    assertThat(f.prove(5, wide)).isInstanceOf(ProofResult.Failed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"shl", "sar", "imul", "and", "xor"})
  void whatDestroysItsInputIsDoneByTheProbe(String mnemonic) throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v -> "%s $%d, %%rax\nmov %%rax, (%%rsi)\nret".formatted(mnemonic, v), 3, 5, 9);
    proved(f, 3, 5, 9, 12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          movb $%d, (%%rdi)                    # di #    # 1 # 0   # 8
          movw $%d, 0x10(%%rbx)                # bx #    # 1 # 16  # 16
          movl $%d, -8(%%r13,%%r12,4)          # r13 # r12 # 4 # -8 # 32
          movq $%d, 0x1000(%%rax,%%rcx)        # ax # cx # 1 # 4096 # 64
          movl $%d, 0x20(,%%rdx,8)             #    # dx # 8 # 32  # 32
          movl $%d, 0x14(%%rsp)                # sp #    # 1 # 20  # 32
          """)
  void storeIsDoneByTheProbeAtTheSamePlace(
      String store, String base, String index, int scale, long displacement, int width)
      throws IOException {
    AssembledVersions f =
        new AssembledVersions(v -> (store + "\nmov %%edx, (%%rsi)\nret").formatted(v), 10, 20, 30);
    SiteDraft site = only(f);
    assertThat(site.kind()).isEqualTo(Kind.STORE);
    assertThat(text(site)).isEqualTo("mem:" + width + " = V");
    assertThat(memory(site))
        .isEqualTo(
            new Memory(
                base == null ? "" : base,
                index == null ? "" : index,
                scale,
                displacement,
                -1,
                width));
    proved(f, 10, 20, 30, 99);
  }

  @Test
  void storeElsewhereOrOfAnotherWidthIsNotTheSame() throws IOException {
    IntFunction<String> code = v -> "movl $%d, 8(%%rdi,%%rcx,4)\nret".formatted(v);
    AssembledVersions f = new AssembledVersions(code, 10, 20, 30);
    proved(f, 10, 40);
    for (String wrong :
        new String[] {
          code.apply(40).replace(",4)", ",8)"),
          code.apply(40).replace("8(", "12("),
          code.apply(40).replace("rcx", "rdx"),
          code.apply(40).replace("rdi", "rsi"),
          code.apply(40).replace("movl", "movw"),
          code.apply(40).replace("movl", "movq"),
          code.apply(41)
        }) {
      assertThat(f.prove(40, wrong)).as(wrong).isInstanceOf(ProofResult.Failed.class);
    }
  }

  @Test
  void linkedPlacesAreFoundByTheirField() throws IOException {
    AssembledVersions relative =
        new AssembledVersions(v -> "movl $%d, counter+4(%%rip)\nret".formatted(v), 10, 20, 30);
    assertThat(memory(only(relative))).isEqualTo(new Memory("ip", "", 1, 0, 2, 32));
    proved(relative, 10, 50);
    assertThat(relative.prove(50, "movl $50, counter(%rip)\nret"))
        .isInstanceOf(ProofResult.Failed.class);
    AssembledVersions table =
        new AssembledVersions(v -> "movl $%d, table(,%%rax,8)\nret".formatted(v), 10, 20, 30);
    assertThat(memory(only(table))).isEqualTo(new Memory("", "ax", 8, 0, 3, 32));
    proved(table, 10, 50);
    assertThat(table.prove(50, "movl $50, tables(,%rax,8)\nret"))
        .isInstanceOf(ProofResult.Failed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "w", "l", "q"})
  void comparisonWithMemoryIsMadeOfWhatWasReadOnce(String suffix) throws IOException {
    IntFunction<String> code =
        v ->
            "cmp%s $%d, 8(%%rdi)\nja 1f\nxor %%eax, %%eax\nret\n1: mov $1, %%eax\nret"
                .formatted(suffix, v);
    AssembledVersions f = new AssembledVersions(code, 10, 20, 30);
    SiteDraft site = only(f);
    assertThat(site.kind()).isEqualTo(Kind.FLAGS);
    assertThat(site.skip()).isPresent();
    assertThat(text(site)).contains("mem");
    proved(f, 10, 20, 30, 100);
    assertThat(f.prove(20, code.apply(20).replace("ja", "jae")))
        .isInstanceOf(ProofResult.Failed.class);
    assertThat(f.prove(20, code.apply(20).replace("8(", "9(")))
        .isInstanceOf(ProofResult.Failed.class);
    String other = suffix.equals("l") ? "w" : "l";
    assertThat(f.prove(20, code.apply(20).replace("cmp" + suffix, "cmp" + other)))
        .isInstanceOf(ProofResult.Failed.class);
    String signed = code.apply(20).replace("ja", "jg");
    assertThat(f.prove(20, signed)).isInstanceOf(ProofResult.Failed.class);
  }

  @Test
  void signedComparisonWithMemoryNeedsOverflow() throws IOException {
    IntFunction<String> code =
        v -> "cmpl $%d, (%%rdi)\njle 1f\nxor %%eax, %%eax\nret\n1: mov $1, %%eax\nret".formatted(v);
    proved(new AssembledVersions(code, 10, 20, 30), 10, 20, 30, 100_000);
  }

  @Test
  void readModifyWriteIsDoneWholly() throws IOException {
    for (String mnemonic : new String[] {"add", "sub", "or", "and", "xor"}) {
      IntFunction<String> code = v -> "%sl $%d, 4(%%rdi)\nret".formatted(mnemonic, v);
      AssembledVersions f = new AssembledVersions(code, 1, 2, 4);
      SiteDraft site = only(f);
      assertThat(site.kind()).isEqualTo(Kind.STORE);
      assertThat(text(site)).startsWith("mem:32 = ").contains("V", "mem");
      proved(f, 1, 2, 4, 8, 64);
      assertThat(f.prove(8, "movl $8, 4(%rdi)\nret")).isInstanceOf(ProofResult.Failed.class);
    }
  }

  @Test
  void flagsOfAReadModifyWriteAreWrittenToo() throws IOException {
    IntFunction<String> code =
        v -> "subl $%d, (%%rdi)\njs 1f\nxor %%eax, %%eax\nret\n1: mov $1, %%eax\nret".formatted(v);
    AssembledVersions f = new AssembledVersions(code, 1, 2, 4);
    SiteDraft site = only(f);
    assertThat(site.planned()).extracting(w -> w.target()).containsExactly("mem", "flags");
    proved(f, 1, 2, 4, 8);
    assertThat(f.prove(8, code.apply(8).replace("js", "jc")))
        .isInstanceOf(ProofResult.Failed.class);
  }

  @Test
  void numberBeforeAJoinIsWrittenInItsInstructionsPlace() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                "test %%edi, %%edi\nje 1f\nmov $%d, %%eax\n1: mov %%eax, (%%rsi)\nret".formatted(v),
            10,
            20,
            30);
    SiteDraft site = only(f);
    assertThat(text(site)).isEqualTo("ax:32 = V");
    assertThat(site.candidates()).containsExactly(4);
    proved(f, 10, 20, 30, 40);
  }

  @Test
  void whatCanBeComputedAgainIsNotSteppedOver() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                """
                mov %%edi, %%eax
                shr $%d, %%eax
                mov %%eax, (%%rsi)
                movl $%d, 8(%%rsi)
                mov $%d, %%ecx
                mov %%ecx, 16(%%rsi)
                ret
                """
                    .formatted(v, v, v),
            2,
            3,
            4);
    assertThat(f.sites()).hasSize(3);
    assertThat(f.sites()).extracting(s -> s.skip().isPresent()).containsExactly(false, true, false);
    proved(f, 2, 3, 4, 9);
    String half = "mov %edi, %eax\nshr $9, %eax\nmov %eax, (%rsi)\nmovl $2, 8(%rsi)\n";
    assertThat(f.prove(9, half + "mov $9, %ecx\nmov %ecx, 16(%rsi)\nret"))
        .isInstanceOf(ProofResult.Failed.class);
  }

  @Test
  void byteOfARegisterIsWrittenAlone() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                "add $%d, %%al\nadc $0, %%cl\nmov %%rax, (%%rsi)\nmov %%cl, 8(%%rsi)\nret"
                    .formatted(v),
            1,
            2,
            3);
    proved(f, 1, 2, 3, 100);
  }

  private static final String PUSHED =
      "push $%d\nmov %%rbx, %%rdi\npush 0x30(%%rsp)\npush %%rbp\nmov 0x28(%%rsp), %%rdx\ncall g\n"
          + "add $24, %%rsp\nret";

  /** The seventh argument: the move behind it is stepped over, and stores it again. */
  @Test
  void pushedNumberIsStoredAgainByALaterProbe() throws IOException {
    IntFunction<String> code = v -> PUSHED.formatted(v);
    AssembledVersions f = new AssembledVersions(code, 7, 8, 20);
    SiteDraft site = only(f);
    assertThat(site.kind()).isEqualTo(Kind.STORE);
    assertThat(site.instruction()).isEqualTo(1);
    assertThat(memory(site)).isEqualTo(new Memory("sp", "", 1, 0, -1, 64));
    assertThat(site.planned()).extracting(w -> w.target()).containsExactly("mem", "di");
    proved(f, 7, 8, 20, 97, 1000);
    for (String wrong :
        new String[] {
          code.apply(20).replace("rbx", "rcx"),
          code.apply(20).replace("push %rbp", "push %r12"),
          code.apply(20).replace("0x30(", "0x38("),
          code.apply(21)
        }) {
      assertThat(f.prove(20, wrong)).as(wrong).isInstanceOf(ProofResult.Failed.class);
    }
  }

  @Test
  void placeIsFoundBehindOtherPushes() throws IOException {
    IntFunction<String> code =
        v ->
            "push $%d\npush %%rax\npush %%rdi\nmov %%r13, %%rdi\npush %%rbx\ncall g\nadd $32, %%rsp\nret"
                .formatted(v);
    AssembledVersions f = new AssembledVersions(code, 3, 2, 6);
    assertThat(memory(only(f)).displacement()).isEqualTo(16);
    proved(f, 3, 2, 6, 50);
    assertThat(f.prove(6, code.apply(6).replace("push %rax", "push $6")))
        .isInstanceOf(ProofResult.Failed.class);
  }

  /** What may have been seen already is not stored again. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mov (%%rsp), %%rdx\nmov %%rbx, %%rdi",
        "movzwl 2(%%rsp), %%edx\nmov %%rbx, %%rdi",
        "mov (%%rsi), %%rdx\nmov %%rbx, %%rdi",
        "call h\nmov %%rbx, %%rdi",
        "lock addl $1, (%%rsi)\nmov %%rbx, %%rdi",
        "movb $1, 3(%%rsp)\nmov %%rbx, %%rdi",
        "push %%rbx",
      })
  void pushedNumberThatMayHaveBeenSeenIsRefused(String between) throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v -> ("push $%d\n" + between + "\ncall g\nadd $8, %%rsp\nret").formatted(v), 7, 8, 20);
    refused(f, Reason.UNSUPPORTED_INSTRUCTION, "stack pointer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          movl $%d, %%gs:0x10               # UNSUPPORTED_INSTRUCTION # per-CPU
          cmpl $%d, %%gs:(%%rdi); je 1f     # NO_LEGAL_SITE           # per-CPU
          push $%d; pop %%rax               # UNSUPPORTED_INSTRUCTION # stack pointer
          lock addl $%d, (%%rdi)            # UNSUPPORTED_INSTRUCTION # lock
          movl $%d, 4(%%edi)                # UNSUPPORTED_INSTRUCTION # unknown form
          """)
  void whatMustRunAsItIsIsRefused(String code, Reason reason, String saying) throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v -> (code.replace("; ", "\n") + "\nret\n1: ret").formatted(v), 3, 2, 1);
    refused(f, reason, saying);
  }

  @Test
  void functionThatIsClosedToProbesIsRefused() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                """
                mov $%d, %%eax
                ret
                .pushsection _kprobe_blacklist, "aw"
                .quad f
                .popsection
                """
                    .formatted(v),
            3,
            2,
            1);
    refused(f, Reason.PROBE_SITE_BLACKLISTED, "f (test.c)");
  }

  @Test
  void faultWithAFixupIsRefused() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                """
                1: movl $%d, (%%rdi)
                ret
                2: mov $-14, %%eax
                ret
                .pushsection __ex_table, "a"
                .long 1b - ., 2b - ., 3
                .popsection
                """
                    .formatted(v),
            3,
            2,
            1);
    refused(f, Reason.UNSUPPORTED_INSTRUCTION, "fixup");
  }

  private static SiteDraft only(AssembledVersions f) {
    assertThat(f.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(f.sites()).hasSize(1);
    return f.sites().getFirst();
  }

  private static String text(SiteDraft site) {
    assertThat(site.planned()).hasSize(1);
    var w = site.planned().getFirst();
    return w.target() + ":" + w.width() + " = " + w.expression().text();
  }

  private static Memory memory(SiteDraft site) {
    return site.skip().flatMap(Skip::memory).orElseThrow();
  }

  private static void proved(AssembledVersions f, int... values) throws IOException {
    for (int v : values) {
      assertThat(f.prove(v)).as("at %d", v).isInstanceOf(ProofResult.Proved.class);
    }
  }

  private static void refused(AssembledVersions f, Reason reason, String saying) {
    assertThat(f.outcome()).isInstanceOf(Outcome.Refused.class);
    Outcome.Refused r = (Outcome.Refused) f.outcome();
    assertThat(r.refusal().reason()).as(r.refusal().message()).isEqualTo(reason);
    assertThat(r.refusal().message()).contains(saying).endsWith(".");
  }
}
