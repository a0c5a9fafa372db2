// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes C functions in which a constant V is used in one of many ways. */
final class ShapeGenerator {

  /** Values that are compiled together: what V1, V2 and V3 are, and what is then asked for. */
  enum Values {
    /** Counts. */
    COUNTS(List.of(32, 8, 16), List.of(48, 5, 100, 1, 200)),
    /** Odd numbers, and shift counts below 8. */
    SMALL(List.of(4, 3, 6), List.of(5, 2, 7, 1));

    private final List<Integer> triple;
    private final List<Integer> deployed;

    Values(List<Integer> triple, List<Integer> deployed) {
      this.triple = triple;
      this.deployed = deployed;
    }

    int original() {
      return triple.getFirst();
    }

    List<Integer> samples() {
      return triple.subList(1, triple.size());
    }

    List<Integer> deployed() {
      return deployed;
    }

    List<Integer> all() {
      return Stream.concat(triple.stream(), deployed.stream()).distinct().toList();
    }
  }

  private static final List<String> TYPES =
      List.of("u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64");

  private static final List<String> FORMS =
      List.of(
          "return (A)a * K + V;",
          "return (A)a + V * K - (B)b;",
          "return (A)(a + V) * (A)b;",
          "return (A)a - V;",
          "return V - (A)a;",
          "return (A)a * V;",
          "return (A)a * V + (B)b;",
          "return (A)a / V;",
          "return (A)a % V;",
          "return (A)a << (V & 7);",
          "return (A)a >> (V & 7);",
          "return ((A)a >> (V & 7)) + (B)b;",
          "return (A)a / (1 << (V & 7));",
          "return (A)a & (V - 1);",
          "return (A)a & ~V;",
          "return (A)a | V;",
          "return (A)a ^ V;",
          "return (A)a < V;",
          "return (A)a <= V;",
          "return (A)a >= V;",
          "return (A)a == V;",
          "return (A)a > V ? (B)b : V;",
          "return (A)a > V ? (B)b : (A)a;",
          "return (A)a < V ? (A)a : V;",
          "return (A)a > V ? (A)a : V;",
          "return (A)a < V ? V : (A)a > 2 * V ? 2 * V : (A)a;",
          "return (A)a >= ((u8)b > 1 ? 2 * V : V);",
          "return b ? V : 2 * V + K;",
          "p->F = V; return a;",
          "p->F = (A)a + V; return b;",
          "p->F += V; return p->G;",
          "p->F |= V; p->G = (A)a; return 0;",
          "p->F = (A)a < V; return 1;",
          "p->F &= V; return p->F;",
          "if ((A)a >= V) return b * K; p->F = a; return K;",
          "if (p->F > V) p->G = b; return p->F + V;",
          "if ((A)a > V && (B)b < V) { p->F = V; return 1; } return 0;",
          "p->F = V; p->G = V; return (A)a + V;",
          "u64 s = 0; for (u32 i = 0; i < V; i++) s += (A)a * i ^ b; return s;",
          "u64 s = b; for (u32 i = 0; i < ((u8)a & 15); i++) s = s * K + V; return s;",
          "A n = a; u32 c = 0; while (n > 0 && c < V) { n >>= 1; c++; } return c;",
          "A x = a; x += V; x *= (A)b; x -= V; return x;",
          "return (p->F + V) * K > (B)b;",
          "return p->F * V + p->G * (V + 1);",
          "p->F = p->G - V; p->G = (B)b; return p->F;",
          "return ((A)a + V - 1) / K;",
          "return ((A)a * K) >> (V & 7);",
          "A x = (A)a > (B)b ? (A)a : (A)b; return x < V ? x : V;",
          "u64 r; asm(\"push %1; mov %2, %%rcx; pop %0\" : \"=r\"(r) : \"ri\"((long)V), \"r\"(a) :"
              + " \"rcx\"); return r * K + b;");

  private static final List<String> FIELDS = List.of("c", "sc", "h", "sh", "i", "si", "l", "sl");

  private final Random random;

  ShapeGenerator(Random random) {
    this.random = random;
  }

  /** Returns the body of a function; the number only keeps the calls in order. */
  String next(int number) {
    String form = FORMS.get((number + random.nextInt(2)) % FORMS.size());
    return form.replaceAll("\\bA\\b", pick(TYPES))
        .replaceAll("\\bB\\b", pick(TYPES))
        .replaceAll("\\bK\\b", Integer.toString(3 + random.nextInt(12)))
        .replaceAll("\\bF\\b", pick(FIELDS))
        .replaceAll("\\bG\\b", pick(FIELDS));
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** Returns the C text that holds the bodies as functions {@code f0}, {@code f1} and so on. */
  String unit(List<String> bodies) {
    StringBuilder s =
        new StringBuilder(
            """
            typedef unsigned char u8; typedef signed char s8;
            typedef unsigned short u16; typedef short s16;
            typedef unsigned int u32; typedef int s32;
            typedef unsigned long u64; typedef long s64;
            struct s { u8 c; s8 sc; u16 h; s16 sh; u32 i; s32 si; u64 l; s64 sl; };
            """);
    IntStream.range(0, bodies.size())
        .forEach(
            n ->
                s.append("__attribute__((no_instrument_function)) u64 f")
                    .append(n)
                    .append("(u64 a, u64 b, struct s *p) { ")
                    .append(bodies.get(n))
                    .append(" }\n"));
    return s.toString();
  }
}
