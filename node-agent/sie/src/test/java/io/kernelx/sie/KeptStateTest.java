// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What memory keeps by a constant that a running kernel cannot be told anew, in code from gcc. */
class KeptStateTest {

  private static final String KERNEL =
      """
      #define noipa __attribute__((noipa))
      void after(unsigned long delay);
      static inline __attribute__((always_inline)) void later(unsigned long delay) {
        asm volatile("mov %%rdx, %%r11; mov %%rcx, %%r10" : "+D"(delay) : : "r10", "r11");
        after(delay);
      }
      struct shared { unsigned long lock, next, flags; unsigned *mine; long free; unsigned load, age; };
      struct cache { long pad, left, used; unsigned count, quota, state; struct shared *bucket; };
      extern struct shared *buckets;
      void lock(struct shared *);
      extern unsigned last_number;
      extern int in_use;
      int taken;
      """;

  private static void refused(CompiledFixture fixture, String message) {
    Refusal refusal = fixture.refusal();
    assertThat(refusal.reason()).as(refusal.message()).isEqualTo(Reason.SIZES_MEMORY);
    assertThat(refusal.message()).contains(message);
  }

  private static final String BATCH_OF_A_PROCESSOR =
      """
      unsigned long number(struct shared *s) {
        unsigned n = *s->mine;
        if (n % N == 0) {
          n = s->next;
          s->next += N;
          if (!n)
            n++;
        }
        *s->mine = n + 1;
        return n;
      }
      """;

  @ParameterizedTest
  @CsvSource({"32, 16, 8", "33, 35, 37", "256, 512, 128"})
  void theEndOfABatchIsToldByTheRemainder(int v1, int v2, int v3) {
    refused(
        CompiledFixture.of(KERNEL + BATCH_OF_A_PROCESSOR, v1, List.of(v2, v3)),
        "how much of it is used");
  }

  @ParameterizedTest
  @CsvSource({"32, 16, 8", "33, 35, 37"})
  void alsoWhereTheBatchIsTakenAtOnceByAllProcessors(int v1, int v2, int v3) {
    String code =
        """
        unsigned number(void) {
          unsigned n = last_number;
          if (n % N == 0)
            n = __atomic_fetch_add(&taken, N, __ATOMIC_SEQ_CST);
          last_number = ++n;
          return n;
        }
        """;
    refused(CompiledFixture.of(KERNEL + code, v1, List.of(v2, v3)), "how much of it is used");
  }

  @ParameterizedTest
  @CsvSource({"33, 35, 37"})
  void alsoWhereTheRemainderItselfIsComputed(int v1, int v2, int v3) {
    String code =
        """
        unsigned long number(struct shared *s) {
          unsigned n = *s->mine;
          if (n % N < 3) {
            n = s->next;
            s->next += N;
          }
          *s->mine = n + 1;
          return n;
        }
        """;
    refused(CompiledFixture.of(KERNEL + code, v1, List.of(v2, v3)), "how much of it is used");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        unsigned long number(struct cache *c) {
          if (c->used == N) {
            c->left = __atomic_fetch_add(&taken, N, __ATOMIC_SEQ_CST);
            c->used = 0;
          }
          return c->left + c->used++;
        }
        """,
        """
        unsigned long number(struct cache *c, struct shared *s) {
          if (++c->count >= N) {
            c->left = s->next;
            s->next += N;
            c->count = 0;
          }
          return c->left + c->count;
        }
        """,
      })
  void theEndOfABatchIsToldByCounting(String code) {
    refused(CompiledFixture.of(KERNEL + code), "how much of it is used");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "long f(struct shared *s, long n) { if (s->flags & N) later(n); return n + 1; }",
        "long f(struct shared *s, long n) { s->flags |= N; later(n); return n + 1; }",
        "long f(struct shared *s, long n) { s->flags &= ~(unsigned long)N; later(n); return n; }",
        "long f(struct shared *s, long n) { s->flags ^= N; later(n); return n + 1; }",
        "long f(struct shared *s, long n) { if ((s->load >> (N / 8)) & 3) later(n); return n; }",
      })
  void bits(String code) {
    refused(CompiledFixture.of(KERNEL + code), "bits");
  }

  /** The lowest bit alone is no remainder if other values name other bits. */
  @Test
  void theLowestBit() {
    String code = "long f(struct shared *s, long n) { if (s->flags & N) later(n); return n + 1; }";
    refused(CompiledFixture.of(KERNEL + code, 1, List.of(2, 4)), "bits");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        int put(struct shared *s, long n) {
          unsigned long next = (s->next + 1) & (N - 1);
          if (next == s->lock)
            return 0;
          later(n);
          s->next = next;
          return 1;
        }
        """,
        "void f(struct cache *c, struct shared *s) { c->count = s->load & (N - 1); later(1); }",
      })
  void aRemainderThatIsKept(String code) {
    refused(CompiledFixture.of(KERNEL + code), "keeps a remainder");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        void in(struct shared *s, unsigned n) { s->load = n << (N / 8); }
        long out(struct shared *s) { return (s->load >> (N / 8)) + 3; }
        """,
        """
        void in(struct shared *s) { *(unsigned long *)&s->load = 3 << (N / 8); }
        long out(struct shared *s) { return (s->load >> (N / 8)) + 3; }
        """,
        """
        long out(struct shared *s) {
          unsigned n = s->load;
          unsigned pending = n & 0xffff, done = n >> (N / 8);
          later(pending);
          if (pending != done)
            __sync_val_compare_and_swap(&s->load, n, pending | (pending << (N / 8)));
          return pending;
        }
        """,
      })
  void aScale(String code) {
    refused(CompiledFixture.of(KERNEL + code), "is shifted down or divided");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        void in(struct shared *s, unsigned long n) { s->load = n >> (N / 8); later(1); }
        long out(struct shared *s, long n) { return n + ((unsigned long)s->load << (N / 8)); }
        """,
        """
        void in(struct shared *s, unsigned long n) { s->load = n / N; later(1); }
        long out(struct shared *s, long n) { return n + (unsigned long)s->load * N; }
        """,
      })
  void aScaleTheOtherWayRound(String code) {
    refused(CompiledFixture.of(KERNEL + code), "shifted up or multiplied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "void f(struct shared *s, unsigned long n) { s->next += n << (N / 8); later(1); }",
        """
        void f(struct shared *s, unsigned long n, unsigned long weight) {
          s->next += (n << (N / 8)) / weight;
          later(1);
        }
        """,
        """
        void f(struct shared *s, unsigned long n) {
          unsigned mean = s->load;
          mean += ((unsigned)n << N / 8) / 8 - mean / 8;
          later(1);
          s->load = mean;
        }
        """,
      })
  void aSumInUnits(String code) {
    refused(CompiledFixture.of(KERNEL + code), "adds what it shifts up");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        void send(unsigned long); unsigned long received(void);
        void out(unsigned long tag, unsigned long n) { send(n << (N / 2) | tag); }
        long in(long n) { return n + (received() >> (N / 2)); }
        """,
        """
        long pack(unsigned long tag, unsigned long n) { return (n << (N / 2)) + tag; }
        void use(unsigned long packed) { later(packed >> (N / 2)); in_use++; }
        """,
      })
  void aUnitBetweenFunctions(String code) {
    refused(CompiledFixture.of(KERNEL + code), "in units of it");
  }

  @Test
  void whatOneValueShowsOthersDoNotHide() {
    String code =
        """
        int f(long hash, int n) {
          lock(&buckets[hash & ((N > 20 ? 32 : N) - 1)]);
          return n > N;
        }
        """;
    refused(CompiledFixture.of(KERNEL + code, 32, List.of(16, 40, 48)), "hands on the address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"__x64_sys_keep", "__ia32_sys_keep", "__ia32_compat_sys_keep"})
  void argumentsOfASystemCallDoNotLast(String name) {
    CompiledFixture kept = CompiledFixture.of(KERNEL + KEEPING.formatted(name));
    assertThat(kept.plan().sites()).isNotEmpty();
  }

  @Test
  void argumentsInMemoryMayLastElsewhere() {
    refused(CompiledFixture.of(KERNEL + KEEPING.formatted("keep")), "keeps a remainder");
  }

  private static final String KEEPING =
      """
      struct regs { unsigned long a[14], di; };
      unsigned kept;
      long %s(const struct regs *regs) {
        unsigned before = kept;
        kept = regs->di & (N - 1);
        return before;
      }
      """;

  @Test
  void aScaleThatIsNoPowerOfTwo() {
    String code =
        """
        void in(struct shared *s, unsigned a, unsigned b) { s->load = a * N + b; }
        long out(struct shared *s) { return s->load / N + 3; }
        """;
    refused(CompiledFixture.of(KERNEL + code, 33, List.of(35, 37)), "is shifted down or divided");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "void f(long hash) { lock(&buckets[hash & (N - 1)]); later(1); }",
        "void f(long hash) { later(1); lock(&buckets[hash & (N - 1)]); }",
        "noipa struct shared *f(unsigned hash) { return buckets + (hash & (N - 1)); }",
        "void f(struct cache *c, unsigned hash) { c->bucket = buckets + hash % N; later(1); }",
      })
  void aPlaceAmongAsMany(String code) {
    refused(CompiledFixture.of(KERNEL + code), "hands on the address");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        int take(struct shared *s) { if (s->free < 100) return 0; s->free -= N; return 1; }
        void give(struct shared *s, long n) { s->free += n + N; later(n); }
        """,
        """
        void take(long n) { in_use += N; later(n); }
        void give(long n) { later(n); in_use -= N; }
        """,
      })
  void aBalance(String code) {
    refused(CompiledFixture.of(KERNEL + code), "is taken off it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        void make(struct cache *c) { c->state = N; later(3); }
        long use(struct cache *c, long n) { if (c->state != N) later(n); return n + 1; }
        """,
      })
  void aMark(String code) {
    refused(CompiledFixture.of(KERNEL + code), "known by being equal");
  }

  /** What was written with one value looks damaged with another. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        unsigned sum(const void *, unsigned long, unsigned);
        void seal(struct cache *c) { c->state = sum(c, sizeof(long), N); later(1); }
        int damaged(struct cache *c) {
          return c->state != sum(c, sizeof(long), N) ? -74 : 0;
        }
        """,
        """
        unsigned sum(const void *, unsigned long);
        void seal(struct cache *c) { c->state = __builtin_bswap32(sum(c, 16) ^ N); later(1); }
        int damaged(struct cache *c) {
          if (c->state == __builtin_bswap32(sum(c, 16) ^ N)) return 0;
          later(2);
          return -74;
        }
        """,
        """
        void seal(struct cache *c, unsigned key) { c->state = (key * 31 ^ key >> 3) * N; later(1); }
        int found(struct cache *c, unsigned key) { return c->state == (key * 31 ^ key >> 3) * N; }
        """,
      })
  void aSeal(String code) {
    refused(CompiledFixture.of(KERNEL + code, 33, List.of(35, 37)), "comes out the same again");
  }

  /** What means the same with either value. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "long f(struct cache *c, long n) { if (++c->count % N == 0) later(n); return n + 1; }",
        "long f(struct cache *c, long n) { if (++c->count > N) { c->count = 0; later(n); } return"
            + " n; }",
        "long f(struct cache *c, long n) { if (++c->count == N) { c->count = 0; later(n); } return"
            + " n; }",
        """
        void grow(struct cache *c, long n) { if (++c->state > N) c->state = N; later(n); }
        long full(struct cache *c, long n) { if (c->state == N) later(n); return n + 1; }
        """,
        """
        void open(struct cache *c, long n) { c->quota = N; later(n); }
        long f(struct cache *c, long n) { if (c->used > c->quota) later(n); return n + 1; }
        """,
        """
        void f(struct cache *c, struct shared *s, long n) {
          if (--c->left < 0) {
            long more = N - c->left;
            s->free += more;
            c->left += more;
          }
          later(n);
        }
        """,
        """
        void f(struct cache *c, struct shared *s, long n) {
          long batch = n > N ? n : N;
          s->free -= batch;
          c->left += batch - n;
          if (c->left > 2 * N) later(n);
        }
        """,
        """
        long f(long *a, long n) {
          for (unsigned i = 1; i < n; i++) { if (i % N == 0) later(n); a[i] = i; }
          return n;
        }
        """,
        "long f(struct shared *s, long n) { if ((s->load >> (N / 8)) > n) later(n); return n; }",
        "void f(struct shared *s, long n) { s->free += N; later(n); }",
        """
        int sent(long, int);
        int f(struct cache *c, long n) { later(1); c->state = sent(n, N); return c->state == 5; }
        int g(struct cache *c, long n) { later(2); return c->state == (int)n; }
        """,
        """
        void f(struct cache *c, long n, long now) { c->used = now + N; later(n); }
        long g(struct cache *c, long n, long now) { if (c->used != now + N) later(n); return n + 1; }
        """,
        "void f(struct shared *s, unsigned n) { s->load = (s->load * (N - 1) + n) / N; later(n); }",
        "void f(struct shared *s, long random) { later(s->free + (random & (N - 1))); s->free++; }",
      })
  void whatMeansTheSameWithEitherValue(String code) {
    assertThat(CompiledFixture.of(KERNEL + code).plan().sites()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "void f(struct shared *s, unsigned n) { s->load += (n >> N) - (s->load >> N); later(1); }",
        "void f(struct shared *s, unsigned long n) { s->age = n >> N; later(1); }",
        "void f(struct cache *c, unsigned long n) { c->quota = n << N; later(n); }",
        """
        long f(unsigned long n, unsigned long d) { later(((n << N) / d * 3) >> N); return n; }
        long g(unsigned long n, unsigned long d) { later(((n << N) / d * 5) >> N); return d; }
        """,
        """
        long f(unsigned long n) { later(n >> N << N); return n; }
        long g(unsigned long n) { later(3 + (n >> N)); return n; }
        """,
      })
  void shiftsThatMeanTheSameWithEitherValue(String code) {
    CompiledFixture fixture = CompiledFixture.of(KERNEL + code, 7, List.of(5, 6));
    assertThat(fixture.plan().sites()).isNotEmpty();
  }

  /** Shifts by the logarithm multiply and divide: a number of things is no unit of anything. */
  @Test
  void factorsThatAreShiftsMeanTheSameWithEitherValue() {
    String code =
        """
        long f(unsigned long n) { later(n * N); return n; }
        long g(unsigned long n) { later(3 + n / N); return n; }
        void h(struct shared *s, unsigned long n) { s->free += n * N; later(1); }
        """;
    CompiledFixture fixture = CompiledFixture.of(KERNEL + code, 32, List.of(64, 128));
    assertThat(fixture.plan().sites()).isNotEmpty();
  }

  /** Hides from the compiler where a pointer comes from, so that its moves stay in the code. */
  private static final String MOVED =
      KERNEL
          + """
          #define SAME(p) asm volatile("" : "+r"(p))
          static inline __attribute__((always_inline)) void *moved(void *from, long by) {
            char *p = from;
            SAME(p);
            p += by;
            SAME(p);
            return p;
          }
          #define AT(c, field) ((unsigned *)moved(c, __builtin_offsetof(struct cache, field)))
          struct cell { unsigned long a, b; unsigned load, mark; };
          extern struct cell cells[64];
          """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        // By a number: forward, back, in two steps, across a branch, by way of the frame.
        """
        void make(struct cache *c) { *AT(c, state) = N; later(3); }
        long use(struct cache *c, long n) { if (c->state != N) later(n); return n + 1; }
        """,
        """
        void make(struct cache *c) { c->state = N; later(3); }
        long use(struct cache *c, long n) {
          struct cache *p = moved(c, 64);
          if (*(unsigned *)((char *)p - 64 + __builtin_offsetof(struct cache, state)) != N) later(n);
          return n + 1;
        }
        """,
        """
        void make(struct cache *c) { c->state = N; later(3); }
        long use(struct cache *c, long n) {
          unsigned *p = moved(moved(c, 16), __builtin_offsetof(struct cache, state) - 16);
          if (*p != N) later(n);
          return n + 1;
        }
        """,
        """
        void make(struct cache *c) { c->state = N; later(3); }
        long use(struct cache *c, long n) {
          unsigned *p = AT(c, state);
          asm volatile("" : : : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10",
              "r11", "r12", "r13", "r14", "r15");
          if (*p != N) later(n);
          return n + 1;
        }
        """,
        """
        void make(struct cache *c) { c->state = N; later(3); }
        long use(struct cache *c, long n) {
          char *p = (char *)c;
          SAME(p);
          if (n > 5) { p += 4; SAME(p); later(7); }
          if (*(unsigned *)(p + __builtin_offsetof(struct cache, quota)) != N) later(n);
          return n + 1;
        }
        """,
        // By what is not known: an index, an offset that memory holds.
        """
        void make(struct cell *a, long i) { a[i].mark = N; later(3); }
        long use(struct cell *c, long n) { c += 3; SAME(c); if (c->mark != N) later(n); return n; }
        """,
        """
        void make(struct cache *c, struct shared *s) {
          *(unsigned *)moved(c, s->free) = N;
          later(3);
        }
        long use(struct cache *c, long n) { if (c->state != N) later(n); return n + 1; }
        """,
        // By a loop.
        """
        void make(struct cell *a, int n) {
          for (; n; n--) { SAME(a); a->mark = N; a++; SAME(a); }
          later(3);
        }
        long use(struct cell *a, long n) { if (a[2].mark != N) later(n); return n + 1; }
        """,
        // A variable's address that is taken first.
        """
        void put(void) { *(unsigned *)moved(&cells[1].mark, 24) = N; later(3); }
        long use(long n) { if (cells[2].mark != N) later(n); return n + 1; }
        """,
      })
  void aMarkBehindAPointerThatMoved(String code) {
    refused(CompiledFixture.of(MOVED + code), "known by being equal");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        void take(struct shared *s, long n) { *(long *)moved(s, 32) += N; later(n); }
        void give(struct shared *s, long n) { later(n); s->free -= N; }
        """,
        """
        void take(struct cell *a, long n) { for (; n; n--, a++) { SAME(a); a->b += N; } later(1); }
        void give(struct cell *a, long n) { later(n); a->b -= N; }
        """,
      })
  void aBalanceBehindAPointerThatMoved(String code) {
    refused(CompiledFixture.of(MOVED + code), "is taken off it");
  }

  /** A function of the unit gets the address of a part, or of a variable. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        static noipa void put(unsigned *p) { *p = N; later(3); }
        void make(struct cache *c) { put(&c->state); taken++; }
        long use(struct cache *c, long n) { if (c->state != N) later(n); return n + 1; }
        """,
        """
        static noipa void put(long n, unsigned *p) { *p = N; later(n); }
        void make(void) { put(3, &cells[2].mark); }
        long use(long n) { if (cells[2].mark != N) later(n); return n + 1; }
        """,
      })
  void aMarkInAPartThatIsHandedOver(String code) {
    refused(CompiledFixture.of(MOVED + code), "known by being equal");
  }

  /** Other fields of the same kind of thing, and what lies in the own frame. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        void make(struct cache *c) { *AT(c, state) = N; later(3); }
        long use(struct cache *c, long n) { if (c->count != N) later(n); return n + 1; }
        """,
        """
        void make(struct cell *a, int n) {
          for (; n; n--) { SAME(a); a->mark = N; a++; SAME(a); }
          later(3);
        }
        long use(struct cell *a, long n) { if (a[2].load == N) later(n); return n + 1; }
        """,
        """
        void take(struct shared *s, long n) { *(long *)moved(s, 32) += N; later(n); }
        void give(struct shared *s, long n) { later(n); s->next -= N; }
        """,
        """
        static noipa void put(unsigned *p) { *p = N; later(3); }
        void make(struct cache *c) { put(&c->count); taken++; }
        long use(struct cache *c, long n) { if (c->state != N) later(n); return n + 1; }
        """,
        """
        long f(long n) {
          volatile unsigned kept;
          volatile unsigned *p = &kept;
          SAME(p);
          *p = N;
          later(n);
          return *p == N ? n + 1 : n + 2;
        }
        """,
        """
        long f(long n) {
          unsigned long a[8];
          unsigned long *p = a;
          long sum = 0;
          for (p = a; p < a + 8; p++) { SAME(p); *p = n++ + N; }
          for (p = a; p < a + 8; p++) { SAME(p); *p -= N; sum += *p; }
          later(sum);
          return n;
        }
        """,
      })
  void whatIsNotTheSamePlace(String code) {
    assertThat(CompiledFixture.of(MOVED + code).plan().sites()).isNotEmpty();
  }

  /** What an array of the own frame got from lasting memory is still that. */
  @Test
  void whatLastsGoesThroughTheFrame() {
    String code =
        """
        long f(struct shared *s, long n) {
          unsigned long a[8];
          for (int i = 0; i < 8; i++) { a[i] = s[i].flags; SAME(s); }
          later(n);
          if (a[n & 7] & N) later(1);
          return n;
        }
        """;
    refused(CompiledFixture.of(MOVED + code), "bits");
  }
}
