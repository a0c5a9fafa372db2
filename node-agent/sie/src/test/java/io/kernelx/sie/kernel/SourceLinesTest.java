// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceLinesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "static inline int f(int x)~{~  if (x) { x++; }~  return @;~}|f",
        "int a;~static __always_inline __must_check bool g(struct s *p, int y)~{ return @; }|g",
        "struct t {~  int a[@];~};|t",
        "typedef struct u { int a[@]; } u_t;|u",
        "enum { A, B = @, C };|B",
        "enum e {~ A = 1,~ B = 2 * @,~};|B",
        "int limit = @;|limit",
        "static const int table[] = { 1, @ };|table",
        "#define M 1~int before(void) { return 1; }~#define N 2~int k(void)~{~#ifdef M~  return"
            + " @;~#endif~}|k",
      })
  void theDeclarationAroundAPlaceIsNamed(String text, String name) {
    String source = text.replace("~", "\n");
    SourceLines lines = new SourceLines(source.replace("@", "V"));
    assertThat(lines.enclosing(source.indexOf('@'))).contains(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "#define A 1|A|A|1",
        "#define  B(x, y)   ((x) + 1)|B|B(x, y)|((x) + 1)",
        "# define C^  (2 *^  3)|C|C|(2 *    3)",
      })
  void definitionsHaveANameAndABody(String text, String name, String macro, String body) {
    SourceLines lines = new SourceLines("int a;\n" + text.replace("^", "\\\n") + "\nint b;\n");
    SourceLines.MacroDefinition definition = lines.definition(10).orElseThrow();
    assertThat(definition.name()).isEqualTo(name);
    assertThat(definition.macro()).isEqualTo(macro);
    assertThat(lines.joined(definition.bodyStart(), definition.end()).strip().replaceAll(" +", " "))
        .isEqualTo(body.replaceAll(" +", " "));
    assertThat(lines.definition(0)).isEmpty();
  }
}
