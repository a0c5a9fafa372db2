// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanJsonTest {

  private static final TunablePlan PLAN = Plans.small();
  private static final String TEXT = PlanJson.write(PLAN);

  @Test
  void readsWhatItWrites() throws InvalidPlanException {
    assertThat(PlanJson.read(TEXT)).isEqualTo(PLAN);
    assertThat(PlanJson.write(PlanJson.read(TEXT))).isEqualTo(TEXT);
  }

  @Test
  void isCanonical() {
    assertThat(TEXT)
        .startsWith("{\"schema\":2,\"planner\":\"1\",\"constant\":\"BLK_MAX_REQUEST_COUNT\",")
        .endsWith("\"digest\":\"" + PLAN.digest() + "\"}")
        .contains("\"kind\":\"irreversible\"", "\"source\":\"wholeFunction\"")
        .contains("\"proof\":\"structural\"")
        .doesNotContain("\n");
  }

  @Test
  void whiteSpaceAndOrderOfKeysDoNotMatterToTheReader() throws InvalidPlanException {
    assertThat(PlanJson.read(TEXT.replace(",\"", " ,\n \""))).isEqualTo(PLAN);
  }

  @Property(tries = 1500)
  void anyChangedCharacterIsNoticed(
      @ForAll @IntRange(min = 0, max = 100_000) int where,
      @ForAll @CharRange(from = ' ', to = '~') char to) {
    int i = where % TEXT.length();
    String changed = TEXT.substring(0, i) + to + TEXT.substring(i + 1);
    try {
      assertThat(PlanJson.read(changed)).isEqualTo(PLAN);
    } catch (InvalidPlanException e) {
      assertThat(e.getMessage()).endsWith(".").doesNotContain("\n");
    }
  }

  @Property(tries = 200)
  void anyCutTextIsRefused(@ForAll @IntRange(min = 0, max = 100_000) int where) {
    assertThatThrownBy(() -> PlanJson.read(TEXT.substring(0, where % TEXT.length())))
        .isInstanceOf(InvalidPlanException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          "schema":2      # "schema":3      # schema 3
          "schema":2      # "schema":"1"    # schema must be a whole number
          "planner":"1"   # "planner":1     # planner must be a string
          "planner":"1",  # ''              # lacks planner
          "planner":"1"   # "planner":"1","x":1 # unknown key x
          "planner":"1"   # "planner":"1","planner":"1" # not JSON
          "jumpOptimisable":true # "jumpOptimisable":"true" # must be true or false
          "kind":"irreversible"  # "kind":"IRREVERSIBLE" # one of register
          "offset":11     # "offset":11.5   # whole number
          "units":[       # "units":[7,     # units[0] must be a string
          "units":["block/blk-mq.c"] # "units":{} # units must be a list
          """)
  void wrongShapesAreNamed(String from, String to, String message) {
    assertThat(TEXT).contains(from);
    assertThatThrownBy(() -> PlanJson.read(TEXT.replace(from, to)))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          "expected":"6639c2"   # "expected":"6639c3" # expects other bytes
          "offset":11           # "offset":19         # outside
          "candidates":[11]     # "candidates":[9]    # candidates
          "target":"ax"         # "target":"sp"       # may not
          "target":"ax"         # "target":"eax"      # may not
          "width":16            # "width":24          # width
          "expression":"        # "expression":";     # language
          "value":"48"          # "value":"64"        # outside the range
          "value":"48"          # "value":"048"       # decimal
          "min":"1"             # "min":"64"          # range is empty
          "id":0                # "id":1              # numbered
          "function":"blk_add_rq_to_plug" # "function":"other" # does not hold
          "constant":"BLK_MAX_REQUEST_COUNT" # "constant":"a b" # identifier
          "spanEnd":11          # "spanEnd":5         # critical span
          """)
  void partsThatDoNotFitAreRefusedEvenWithARightDigest(String from, String to, String message) {
    refusedWith(TEXT, from, to, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          "skip":5              # "skip":4            # skips something else
          "skip":5              # "skip":0            # memory operand
          "base":"di"           # "base":"edi"        # base that is no register
          "base":"di"           # "base":"ip"         # index that it may not have
          "index":"cx"          # "index":"sp"        # stack pointer
          "scale":4             # "scale":3           # scale
          "displacement":16     # "displacement":4294967296 # too large
          "linked":-1           # "linked":2          # displacement outside
          "linked":-1           # "linked":0          # displacement outside
          "linked":-1,"width":32 # "linked":-1,"width":64 # may not
          "memory":[{"base":"di","index":"cx","scale":4,"displacement":16,"linked":-1,"width":32}] # "memory":[] # may not
          "target":"mem"        # "target":"memory"   # may not
          """)
  void operandsThatDoNotFitAreRefused(String from, String to, String message)
      throws InvalidPlanException {
    String text = PlanJson.write(Plans.steppingOver());
    assertThat(PlanJson.read(text)).isEqualTo(Plans.steppingOver());
    refusedWith(text, from, to, message);
  }

  @Test
  void memoryIsReadOnlyThroughAnOperand() {
    refusedWith(TEXT, "(2 * V)", "(2 * mem)", "without an operand");
  }

  private static void refusedWith(String text, String from, String to, String message) {
    String changed = text.replace(from, to);
    assertThat(changed).isNotEqualTo(text);
    String digest = PlanJson.sha256(changed.replaceFirst(",\"digest\":\"[^\"]*\"}$", "}"));
    assertThatThrownBy(
            () ->
                PlanJson.read(
                    changed.replaceFirst(
                        "\"digest\":\"[^\"]*\"}$", "\"digest\":\"" + digest + "\"}")))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining(message);
  }

  @Test
  void oneMoreValueKeepsTheStubAndChangesTheDigest() {
    TunablePlan more =
        PlanJson.withDigest(
            new TunablePlan(
                PLAN.schema(),
                PLAN.planner(),
                PLAN.constant(),
                PLAN.definitionDigest(),
                PLAN.kernel(),
                PLAN.original(),
                PLAN.range(),
                PLAN.units(),
                PLAN.functions(),
                PLAN.sites(),
                PLAN.spans(),
                PLAN.hazards(),
                List.of(),
                List.of(),
                ""));
    assertThat(more.digest()).isNotEqualTo(PLAN.digest());
    assertThat(more.stubDigest()).isEqualTo(PLAN.stubDigest()).startsWith("sha256:");
    assertThat(PLAN.value("48")).isPresent();
    assertThat(more.value("48")).isEmpty();
  }
}
