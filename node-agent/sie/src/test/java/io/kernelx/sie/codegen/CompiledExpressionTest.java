// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.PlanExpression.Binary;
import io.kernelx.sie.plan.PlanExpression.BinaryOperator;
import io.kernelx.sie.plan.PlanExpression.Cast;
import io.kernelx.sie.plan.PlanExpression.Conditional;
import io.kernelx.sie.plan.PlanExpression.Register;
import io.kernelx.sie.plan.PlanExpression.Unary;
import io.kernelx.sie.plan.PlanExpression.UnaryOperator;
import io.kernelx.sie.plan.PlanExpression.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles the C of random expressions and compares what it computes with what they mean. */
class CompiledExpressionTest {

  private static final int EXPRESSIONS = 400;

  @Test
  void theCompilerReadsWhatThePlanSays(@TempDir Path folder) throws Exception {
    Random random = new Random(11);
    StringBuilder c = new StringBuilder();
    List<String> expected = new ArrayList<>();
    c.append("#include <stdio.h>\ntypedef unsigned char __u8; typedef unsigned short __u16;\n");
    c.append("typedef unsigned int __u32; typedef unsigned long long __u64;\n");
    c.append("typedef signed char __s8; typedef short __s16; typedef int __s32;\n");
    c.append("typedef long long __s64;\n#define R(r) ((__u64)r)\nint main(void)\n{\n");
    for (int i = 0; i < EXPRESSIONS; i++) {
      PlanExpression e = tree(random, 5);
      long v = number(random);
      long ax = number(random);
      c.append(
          "{ volatile __u64 V = %sULL, ax = %sULL; __u64 w = %s; printf(\"%%llx\\n\", w); }\n"
              .formatted(Long.toUnsignedString(v), Long.toUnsignedString(ax), CExpression.of(e)));
      expected.add(Long.toHexString(e.evaluate(v, _ -> ax)));
    }
    c.append("return 0;\n}\n");
    Path source = Files.writeString(folder.resolve("e.c"), c);
    Path program = folder.resolve("e");
    run("gcc", "-O1", "-w", "-o", program.toString(), source.toString());
    assertThat(run(program.toString()).lines()).containsExactlyElementsOf(expected);
  }

  private static String run(String... words) throws IOException, InterruptedException {
    Process p = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(p.waitFor()).as(said).isZero();
    return said;
  }

  private static PlanExpression tree(Random r, int depth) {
    if (depth == 0 || r.nextInt(6) == 0) {
      return switch (r.nextInt(3)) {
        case 0 -> new PlanExpression.Number(number(r));
        case 1 -> new Value();
        default -> new Register("ax");
      };
    }
    return switch (r.nextInt(6)) {
      case 0 -> new Cast(8 << r.nextInt(3), r.nextBoolean(), tree(r, depth - 1));
      case 1 ->
          new Unary(
              UnaryOperator.values()[r.nextInt(UnaryOperator.values().length)], tree(r, depth - 1));
      case 2 -> new Conditional(tree(r, depth - 1), tree(r, depth - 1), tree(r, depth - 1));
      default ->
          new Binary(
              BinaryOperator.values()[r.nextInt(BinaryOperator.values().length)],
              tree(r, depth - 1),
              tree(r, depth - 1));
    };
  }

  private static long number(Random r) {
    return switch (r.nextInt(4)) {
      case 0 -> r.nextInt(70);
      case 1 -> -r.nextInt(70);
      case 2 -> 1L << r.nextInt(64);
      default -> r.nextLong();
    };
  }
}
