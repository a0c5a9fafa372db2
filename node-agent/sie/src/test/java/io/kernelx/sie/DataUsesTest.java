// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Constants that gcc put into initialised data, where no instruction holds them. */
class DataUsesTest {

  private static final String KERNEL =
      """
      #define HZ 250
      #define in(name) __attribute__((section(name)))
      struct limit { int interval, burst; };
      int may(struct limit *);
      """;

  private static final String TEXT =
      """
      #define TEXT(x) #x
      #define TEXT_OF(x) TEXT(x)
      int _printk(const char *);
      int f(void) { return _printk("at most " TEXT_OF(N) " of them"); }
      """;

  private static void refused(Reason reason, String code, String... message) {
    Refusal refusal = CompiledFixture.of(KERNEL + code).refusal();
    assertThat(refusal.reason()).as(refusal.message()).isEqualTo(reason);
    assertThat(List.of(message)).allSatisfy(m -> assertThat(refusal.message()).contains(m));
  }

  @Test
  void aStructWhoseAddressIsGivenAway() {
    refused(
        Reason.NO_LEGAL_SITE,
        """
        static struct limit state = {.interval = 5, .burst = N * HZ};
        int f(void) { return may(&state); }
        """,
        "N is the initial content of state in fixture.c (.data+0x",
        "the address of state is given away at f+0x");
  }

  @Test
  void aVariableThatOtherUnitsSee() {
    refused(
        Reason.NO_LEGAL_SITE,
        "int sysctl_limit = N; int f(int x) { return x > sysctl_limit; }",
        "sysctl_limit is open to every other unit",
        "set it there");
  }

  @Test
  void aVariableThatATablePointsTo() {
    refused(
        Reason.NO_LEGAL_SITE,
        """
        static int limit in(".data..read_mostly") = N;
        struct { const char *name; void *data; } table = {"limit", &limit};
        int f(int x) { return x > limit; }
        """,
        "limit is pointed to from table");
  }

  @Test
  void aVariableThatTheUnitWrites() {
    refused(
        Reason.NO_LEGAL_SITE,
        """
        static int left = N;
        int f(void) { return left; }
        void g(void) { left--; }
        """,
        "left is written at g+0x");
  }

  @Test
  void anArrayThatIsIndexedAndWritten() {
    refused(
        Reason.NO_LEGAL_SITE,
        """
        static long spent[4] = {1, N, 3, 4};
        long f(unsigned i) { return spent[i & 3]; }
        void g(unsigned i, long by) { spent[i & 3] = by; }
        """,
        "spent",
        "written at g+0x");
  }

  @Test
  void aVariableThatIsOnlyRead() {
    refused(
        Reason.NO_LEGAL_SITE,
        """
        static int limit in(".data..read_mostly") = N;
        int f(int x) { return x > limit; }
        """,
        "no instruction holds it",
        "limit is read from memory at f+0x");
  }

  @Test
  void aVariableThatNobodyWritesIsCodeLikeAnyOther() {
    assertThat(
            CompiledFixture.of(KERNEL + "static int limit = N; int f(int x) { return x > limit; }")
                .plan()
                .sites())
        .hasSize(1);
  }

  @Test
  void aReadOnlyVariable() {
    refused(
        Reason.READ_ONLY_DATA,
        "static const struct limit fixed = {.burst = N}; int f(void) { return may(&fixed); }",
        "fixed",
        "keeps read-only.");
  }

  @Test
  void aVariableThatIsReadOnlyAfterBoot() {
    refused(
        Reason.READ_ONLY_DATA,
        """
        static int limit in(".data..ro_after_init") = N;
        int f(int x) { return x > limit; }
        """,
        "once it has booted");
  }

  @Test
  void aPerCpuVariable() {
    refused(
        Reason.NO_LEGAL_SITE,
        """
        int tokens in(".data..percpu") = N;
        int f(void) { int t; asm("movl %%gs:%1, %0" : "=r"(t) : "m"(tokens)); return t; }
        """,
        "tokens",
        "each processor was given a copy");
  }

  @Test
  void dataThatIsGoneAfterBoot() {
    refused(
        Reason.INIT_ONLY,
        """
        static int limit in(".init.data") = N;
        int in(".init.text") f(int x) { return x > limit++; }
        """,
        "limit",
        "thrown away");
  }

  @Test
  void codeAndDataAreRefusedTogether() {
    refused(
        Reason.NO_LEGAL_SITE,
        """
        static struct limit state = {.burst = N};
        int f(void) { return may(&state); }
        int g(int x) { return x > N; }
        """,
        "state");
  }

  @Test
  void aText() {
    Refusal refusal = CompiledFixture.of(TEXT, 32, List.of(16, 24)).refusal();
    assertThat(refusal.reason()).isEqualTo(Reason.READ_ONLY_DATA);
    assertThat(refusal.message()).contains("part of a text in fixture.c");
  }

  @Test
  void aLongerTextMovesWhatFollows() {
    Refusal refusal = CompiledFixture.of(TEXT, 9, List.of(10, 11)).refusal();
    assertThat(refusal.reason()).isEqualTo(Reason.CHANGES_LAYOUT);
  }
}
