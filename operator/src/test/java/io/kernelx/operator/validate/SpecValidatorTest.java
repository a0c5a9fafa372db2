// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.validate;

import static io.kernelx.operator.Fixtures.tunable;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kernelx.api.v1alpha1.ConditionReason;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.operator.definition.Catalogue;
import io.kernelx.operator.definition.Definition;
import io.kernelx.operator.definition.DefinitionReader;
import io.kernelx.operator.validate.Validation.Accepted;
import io.kernelx.operator.validate.Validation.Rejected;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecValidatorTest {

  private String catalogued = "constant = \"BLK_MAX_REQUEST_COUNT\"\n";

  private List<String> constants = List.of("BLK_MAX_REQUEST_COUNT", "SHRINK_BATCH");

  private final Catalogue catalogue =
      new Catalogue() {
        @Override
        public Optional<Definition> find(String constant) {
          return constants().contains(constant)
              ? Optional.of(Definition.of(constant, catalogued))
              : Optional.empty();
        }

        @Override
        public List<String> constants() {
          return constants;
        }
      };

  private final SpecValidator validator = new SpecValidator(catalogue, new DefinitionReader());

  private Rejected rejected(KernelTunable tunable) {
    assertThat(validator.validate(tunable)).isInstanceOf(Rejected.class);
    return (Rejected) validator.validate(tunable);
  }

  @ParameterizedTest
  @CsvSource({
    "48, 48",
    "'\"48\"', 48",
    "0, 0",
    "-1, -1",
    "18446744073709551615, 18446744073709551615",
    "-9223372036854775808, -9223372036854775808"
  })
  void decimalsOf64BitsAreAccepted(String written, String value) {
    assertThat(validator.validate(tunable(written, "")))
        .isInstanceOfSatisfying(
            Accepted.class, accepted -> assertThat(accepted.value()).isEqualTo(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"18446744073709551616", "-9223372036854775809"})
  void largerOnesAreNot(String value) {
    assertThat(rejected(tunable(value, "")).reason()).isEqualTo(ConditionReason.INVALID_SPEC);
  }

  @ParameterizedTest
  @CsvSource({"'\"0x30\"', decimal", "'\"010\"', decimal", "'\"HZ / 5\"', expression"})
  void otherWaysToWriteAValueAreSaidToComeLater(String value, String word) {
    Rejected rejected = rejected(tunable(value, ""));
    assertThat(rejected.reason()).isEqualTo(ConditionReason.NOT_YET_SUPPORTED);
    assertThat(rejected.message()).contains(word);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rollout: {canary: {nodes: 1}}",
        "rollout: {onFailure: Rollback}",
        "deletionPolicy: Orphan",
        "build: {trust: PerNode}",
        "build: {trust: Quorum}"
      })
  void whatIsNotThereYetIsNamedWithTheMend(String field) {
    Rejected rejected = rejected(tunable("48", field));
    assertThat(rejected.reason()).isEqualTo(ConditionReason.NOT_YET_SUPPORTED);
    assertThat(rejected.message())
        .startsWith("spec." + field.substring(0, field.indexOf(':')))
        .contains("not supported yet; ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PerTask", "Global"})
  void everyModeIsThereWithEitherEndOfAStall(String mode) {
    Rewriter rewriter = new Rewriter();
    assertThat(validator.validate(rewriter.with(tunable("48", ""), "Immediate", mode)))
        .isInstanceOf(Accepted.class);
    KernelTunable keep = rewriter.with(tunable("48", ""), "Immediate", mode + ", onStall: Keep");
    assertThat(validator.validate(keep)).isInstanceOf(Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rollout: {paused: true, maxUnavailable: 1, maxFailures: 10%, onFailure: Pause}",
        "activation: DryRun",
        "activation: Enforce",
        "deletionPolicy: Revert",
        "build: {trust: Shared}",
        "kernels: [6.12.1]"
      })
  void whatIsThereIsAccepted(String field) {
    assertThat(validator.validate(tunable("48", field))).isInstanceOf(Accepted.class);
  }

  @Test
  void anUnknownConstantIsAnsweredWithTheKnownOnes() {
    Rejected rejected =
        rejected(new Rewriter().with(tunable("48", ""), "BLK_MAX_REQUEST_COUNT", "NO_SUCH"));
    assertThat(rejected.reason()).isEqualTo(ConditionReason.UNKNOWN_CONSTANT);
    assertThat(rejected.constant()).isEqualTo("NO_SUCH");
    assertThat(rejected.message()).contains("NO_SUCH", "SHRINK_BATCH");
  }

  @Test
  void ofManyKnownOnesTheNearestAreSaid() {
    constants =
        Stream.concat(
                IntStream.range(0, 30).mapToObj("UNLIKE_%d"::formatted),
                Stream.of("BLK_MAX_REQUEST_COUNT"))
            .toList();
    Rejected rejected =
        rejected(new Rewriter().with(tunable("48", ""), "REQUEST_COUNT", "REQUESTS_COUNT"));
    assertThat(rejected.message()).contains("nearest of its 31 are BLK_MAX_REQUEST_COUNT, UNLIKE_");
    constants = List.of();
    assertThat(rejected(tunable("48", "")).message()).contains("it is empty");
  }

  @Test
  void aDefinitionIsPinnedUntilTheSpecChanges() {
    KernelTunable tunable =
        new Rewriter()
            .withStatus(
                tunable("48", ""),
                "{constant: BLK_MAX_REQUEST_COUNT, definition: {generation: 1, digest: d, text:"
                    + " pinned}}");
    catalogued = "constant = \"BLK_MAX_REQUEST_COUNT\"\n# newer\n";
    assertThat(((Accepted) validator.validate(tunable)).definition().text()).isEqualTo("pinned");
    tunable.getMetadata().setGeneration(2L);
    assertThat(((Accepted) validator.validate(tunable)).definition().text()).isEqualTo(catalogued);
  }

  @Test
  void anInlineDefinitionNamesItsConstant() {
    KernelTunable tunable = inline("constant = 'SHRINK_BATCH'");
    assertThat(((Accepted) validator.validate(tunable)).definition().constant())
        .isEqualTo("SHRINK_BATCH");
    assertThat(rejected(inline("description = 'x'")).message()).contains("names no constant");
    assertThat(rejected(inline("constant =")).message()).contains("not TOML: line 1");
    assertThat(rejected(inline("constant = 5")).message()).contains("must be a string");
    assertThat(rejected(inline("constant = 'a b'")).message()).contains("not an identifier");
  }

  @Test
  void aDefinitionCannotTurnToAnotherConstant() {
    KernelTunable tunable =
        new Rewriter()
            .withStatus(
                inline("constant = 'SHRINK_BATCH'"),
                "{constant: OTHER, definition: {generation: 0, digest: d, text: t}}");
    assertThat(rejected(tunable).reason()).isEqualTo(ConditionReason.CONSTANT_CHANGED);
    assertThat(rejected(tunable).constant()).isEqualTo("OTHER");
  }

  @Test
  void whatTheSchemaForbidsIsSaidAgain() {
    KernelTunable both =
        new Rewriter()
            .with(
                tunable("48", "policy: {configMapRef: {namespace: a, name: b}, key: c}"), "x", "x");
    assertThat(rejected(both).message()).contains("exactly one of value and policy");
    KernelTunable none =
        new Rewriter().with(tunable("48", ""), "consistency: {mode: Immediate}", "");
    assertThat(rejected(none).message()).contains("spec.consistency.mode is missing");
  }

  private static KernelTunable inline(String toml) {
    return new Rewriter()
        .with(tunable("48", ""), "name: BLK_MAX_REQUEST_COUNT", "definition: \"" + toml + "\"");
  }

  /** Changes a resource in its written form. */
  private static final class Rewriter {
    private final KubernetesSerialization yaml = new KubernetesSerialization();

    KernelTunable with(KernelTunable tunable, String from, String to) {
      String text = yaml.asYaml(tunable);
      String flow =
          text.replace("consistency:\n    mode: Immediate", "consistency: {mode: Immediate}")
              .replace("consistency:\n    mode: \"Immediate\"", "consistency: {mode: Immediate}")
              .replace("name: \"BLK_MAX_REQUEST_COUNT\"", "name: BLK_MAX_REQUEST_COUNT");
      return yaml.unmarshal(flow.replace(from, to), KernelTunable.class);
    }

    KernelTunable withStatus(KernelTunable tunable, String status) {
      return yaml.unmarshal(yaml.asYaml(tunable) + "status: " + status + "\n", KernelTunable.class);
    }
  }
}
