// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Constants on which the size or the place of memory hangs, in code that gcc made. */
class MemoryHazardTest {

  private static final String KERNEL =
      """
      #define noipa __attribute__((noipa))
      #define __init __attribute__((section(".init.text"), cold))
      void *__kmalloc_noprof(unsigned long size, unsigned flags);
      void *memset(void *, int, unsigned long);
      int _printk(const char *, ...);
      void after(unsigned long delay);
      static inline __attribute__((always_inline)) void later(unsigned long delay) {
        asm volatile("mov %%rdx, %%r11; mov %%rcx, %%r10" : "+D"(delay) : : "r10", "r11");
        after(delay);
      }
      void **slots;
      """;

  private static void refused(Reason reason, String code, String... message) {
    Refusal refusal = CompiledFixture.of(KERNEL + code).refusal();
    assertThat(refusal.reason()).as(refusal.message()).isEqualTo(reason);
    assertThat(List.of(message)).allSatisfy(m -> assertThat(refusal.message()).contains(m));
  }

  @Test
  void slotsAndMaskInOneFunction() {
    refused(
        Reason.SIZES_MEMORY,
        """
        void *find(unsigned long hash) {
          if (!slots)
            slots = __kmalloc_noprof(N * 8, 0);
          return slots[hash & (N - 1)];
        }
        """);
  }

  @Test
  void slotsInOneFunctionAndMaskInAnother() {
    refused(
        Reason.SIZES_MEMORY,
        """
        int setup(void) { slots = __kmalloc_noprof(N * 8, 0); return slots ? 0 : -12; }
        void *find(unsigned long hash) { return slots[hash & (N - 1)]; }
        """);
  }

  @Test
  void theMaskAlone() {
    refused(
        Reason.SIZES_MEMORY,
        "void *find(unsigned long hash) { return slots[hash & (N - 1)]; }",
        "part of the address",
        "find+0x");
  }

  /** The index lies in an array of the own frame for a while. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        int f(unsigned hash, int n) {
          unsigned at[4] = {hash & 7, (hash >> N / 8) & 1023, hash >> N / 4, 3};
          int sum = 0;
          for (int i = 0; i < n; i++) { later(i); sum += !slots[at[i]]; }
          return sum;
        }
        """,
        """
        int f(unsigned hash, unsigned n) {
          unsigned at[4] = {0, 1, 2, 3};
          int sum = 0;
          for (unsigned i = 0; i < n; i++) { later(i); at[i & 3] = (hash + i) >> N / 8; }
          for (unsigned i = 0; i < n; i++) { later(i); sum += !slots[at[i & 3]]; }
          return sum;
        }
        """
      })
  void anIndexThatLiesInAnArrayOfTheFrame(String code) {
    refused(Reason.SIZES_MEMORY, code, "part of the address");
  }

  private static final String ROUNDED =
      """
      struct waiter { struct waiter *next, *before; long until; unsigned at[4]; } __attribute__((aligned(64)));
      void wait(struct waiter *);
      int f(struct waiter *list, unsigned hash, int n) {
        struct waiter w;
        w.next = list;
        w.before = list->before;
        for (int i = 0; i < 4; i++) w.at[i] = (hash >> 8 * i) & 7;
        %s
        list->before->next = &w;
        wait(&w);
        int sum = 0;
        for (int i = 0; i < n; i++) { later(i); sum += !slots[w.at[i & 3]]; }
        return sum + !w.next->next;
      }
      """;

  /** The frame's start is rounded down, so its distance from the caller's is not known. */
  @Test
  void alsoInAFrameThatIsRounded() {
    refused(
        Reason.SIZES_MEMORY,
        ROUNDED.formatted("w.at[n & 1] = hash >> N / 8;"),
        "part of the address");
  }

  @Test
  void aDelayInAFrameThatIsRoundedIsAnIndexOfNothing() {
    CompiledFixture fixture = CompiledFixture.of(KERNEL + ROUNDED.formatted("w.until = hash + N;"));
    assertThat(fixture.plan().sites()).isNotEmpty();
  }

  @Test
  void anArrayOfTheFrameBesideTheConstantIsAnIndexOfNothing() {
    CompiledFixture fixture =
        CompiledFixture.of(
            KERNEL
                + """
                int f(unsigned hash, int n) {
                  unsigned at[4] = {hash & 7, hash & 15, hash & 31, 3};
                  int sum = 0;
                  for (int i = 0; i < n && i < N; i++) { later(i); sum += !slots[at[i & 3]]; }
                  return sum;
                }
                """);
    assertThat(fixture.plan().sites()).isNotEmpty();
  }

  /** With some values the compiler keeps a pointer in another register: no address follows. */
  @Test
  void aPointerInAnotherRegisterFollowsFromNothing() {
    assertThat(pointerElsewhere(List.of(16, 8)).refusal().reason()).isEqualTo(Reason.NOT_PROVABLE);
    assertThat(pointerElsewhere(List.of(16, 8, 40, 48)).plan().sites()).hasSize(1);
  }

  private static CompiledFixture pointerElsewhere(List<Integer> others) {
    return CompiledFixture.assembled(
        v ->
            """
            mov (%%rdi), %%r%1$s
            mov 8(%%r%1$s), %%rdx
            lea %2$d(%%rdx), %%rax
            mov %%rax, 16(%%rdi)
            xor %%eax, %%eax
            ret
            """
                .formatted(v < 32 ? "cx" : "ax", v),
        32,
        others);
  }

  @Test
  void thePointerItselfFollows() {
    CompiledFixture fixture =
        CompiledFixture.assembled(
            v ->
                """
                mov (%%rdi), %%r%1$s
                lea %2$d(%%r%1$s), %%rdx
                mov 8(%%rdx), %%rax
                mov %%rax, 16(%%rdi)
                xor %%eax, %%eax
                ret
                """
                    .formatted(v == 32 ? "ax" : "cx", v),
            32,
            List.of(16, 8));
    assertThat(fixture.refusal().reason()).isEqualTo(Reason.SIZES_MEMORY);
  }

  @Test
  void anAllocationInAnInnocentlyNamedFunctionOfTheUnit() {
    refused(
        Reason.SIZES_MEMORY,
        """
        static noipa void *inner(unsigned long count, long spare) {
          return spare ? __kmalloc_noprof(count * 8 + 16, 0) : 0;
        }
        static noipa void *fresh(unsigned long count, long spare) {
          void *p = inner(count + 1, spare);
          return p ? p + 16 : 0;
        }
        void *f(long spare) { void *p = fresh(N, spare); return p ? p + 8 : 0; }
        """,
        "__kmalloc_noprof",
        "inner+0x",
        "f+0x");
  }

  /** The seventh argument is handed over on the stack. */
  @Test
  void anAllocationByWhatIsHandedOverOnTheStack() {
    refused(
        Reason.SIZES_MEMORY,
        """
        static noipa void *fresh(long a, long b, long c, long d, long e, long f, unsigned long n) {
          return a + b + c + d + e + f ? __kmalloc_noprof(n * 8 + 16, 0) : 0;
        }
        void *f(long s) { void *p = fresh(s, 2, 3, 4, 5, 6, N * s + 1); return p ? p + 8 : 0; }
        """,
        "__kmalloc_noprof",
        "fresh+0x",
        "f+0x");
    refused(
        Reason.SIZES_MEMORY,
        """
        void *my_alloc(long a, long b, long c, long d, long e, long f, unsigned long n);
        void *f(long s) { void *p = my_alloc(s, 2, 3, 4, 5, 6, N * s + 1); return p ? p + 8 : 0; }
        """,
        "my_alloc",
        "f+0x");
  }

  @Test
  void aLengthThatIsFilled() {
    refused(
        Reason.SIZES_MEMORY,
        "void f(char *p, unsigned long n) { if (n > 2) memset(p, 0, n * N); }",
        "memset");
  }

  @Test
  void aRepeatedStore() {
    refused(
        Reason.SIZES_MEMORY,
        """
        void f(long *p) {
          long n = N;
          asm volatile("rep stosq" : "+D"(p), "+c"(n) : "a"(0L) : "memory");
        }
        """,
        "stosq");
  }

  @Test
  void anArrayInAStruct() {
    refused(
        Reason.CHANGES_LAYOUT,
        """
        struct table { int used; long slot[N]; } table;
        long f(int i) { return i < N ? table.slot[i] : 0; }
        """);
  }

  @Test
  void anArrayOnTheStack() {
    Refusal refusal =
        CompiledFixture.of(
                KERNEL
                    + """
                    void fill(long *);
                    long f(int i) { long all[N]; fill(all); return all[i & 3]; }
                    """)
            .refusal();
    assertThat(refusal.message()).contains("f");
  }

  @Test
  void aReadOnlyTable() {
    refused(
        Reason.READ_ONLY_DATA,
        """
        static const int limits[] = {1, 7, N, 100};
        int f(unsigned i) { return limits[i & 3]; }
        """,
        "limits",
        "read-only");
  }

  @Test
  void sizedAtBootAndUsedLater() {
    refused(
        Reason.SIZES_MEMORY,
        """
        int __init setup(void) { slots = __kmalloc_noprof(N * 8, 0); return slots ? 0 : -12; }
        int f(unsigned n) { return n > N ? 3 : 5; }
        """,
        "ran once at boot",
        "__kmalloc_noprof");
  }

  @Test
  void storedAtBootAndUsedLater() {
    refused(
        Reason.INIT_ONLY,
        """
        unsigned limit;
        int __init setup(void) { limit = N; return 0; }
        int f(unsigned n) { return n > N ? 3 : 5; }
        """,
        "ran once at boot",
        "stored");
  }

  @Test
  void whatWasOnlyPrintedAtBootDoesNoHarm() {
    assertThat(
            CompiledFixture.of(
                    KERNEL
                        + """
                        int __init setup(void) { _printk("up to %d", N); return 0; }
                        long f(unsigned long n) { later(N); return n + 1; }
                        """)
                .plan()
                .sites())
        .hasSize(1);
  }

  @Test
  void aValueThatIsOnlyChosenByTheConstantIsNoSize() {
    assertThat(
            CompiledFixture.of(
                    KERNEL
                        + """
                        long f(unsigned long n, long *a, long *b, long c) {
                          long *p = n > N ? a : b;
                          return *p + c;
                        }
                        """)
                .plan()
                .sites())
        .hasSize(1);
  }

  @Test
  void aDelayIsNoSize() {
    assertThat(
            CompiledFixture.of(KERNEL + "long f(unsigned long n) { later(N * 10); return n + 1; }")
                .plan()
                .sites())
        .hasSize(1);
  }
}
