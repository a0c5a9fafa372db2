// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.validate;

import io.kernelx.api.v1alpha1.ConditionReason;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.KernelTunableSpec;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.operator.definition.Catalogue;
import io.kernelx.operator.definition.Definition;
import io.kernelx.operator.definition.DefinitionReader;
import io.kernelx.operator.definition.InvalidDefinitionException;
import io.kernelx.operator.validate.Validation.Accepted;
import io.kernelx.operator.validate.Validation.Rejected;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Validates a spec:
 *
 * <ol>
 *   <li>what the schema's rules say is said again, for an API server that was given the resource
 *       before the rules;
 *   <li>behaviours that this version does not have are refused, {@link UnsupportedFields};
 *   <li>the definition is the one pinned for this generation, else the catalogue's or the inline
 *       one;
 *   <li>a definition cannot turn to another constant while nodes have the former one;
 *   <li>the value is a decimal of 64 bits.
 * </ol>
 */
public final class SpecValidator implements Validator {

  private final Catalogue catalogue;
  private final DefinitionReader reader;

  public SpecValidator(Catalogue catalogue, DefinitionReader reader) {
    this.catalogue = catalogue;
    this.reader = reader;
  }

  @Override
  public Validation validate(KernelTunable tunable) {
    KernelTunableSpec spec = tunable.getSpec();
    String named = spec.constant() == null ? null : spec.constant().name();
    String constant =
        named != null ? named : Optional.ofNullable(statusConstant(tunable)).orElse("");
    Optional<String> malformed = malformed(spec);
    if (malformed.isPresent()) {
      return new Rejected(constant, ConditionReason.INVALID_SPEC, malformed.get());
    }
    Optional<String> unsupported = UnsupportedFields.firstIn(spec);
    if (unsupported.isPresent()) {
      return new Rejected(constant, ConditionReason.NOT_YET_SUPPORTED, unsupported.get());
    }
    Definition definition;
    try {
      Optional<Definition> found = definition(tunable);
      if (found.isEmpty()) {
        return new Rejected(constant, ConditionReason.UNKNOWN_CONSTANT, unknown(named));
      }
      definition = found.get();
    } catch (InvalidDefinitionException e) {
      return new Rejected(constant, ConditionReason.INVALID_DEFINITION, e.getMessage());
    }
    String before = statusConstant(tunable);
    if (pinned(tunable) && before != null && !before.equals(definition.constant())) {
      return new Rejected(
          before,
          ConditionReason.CONSTANT_CHANGED,
          "the definition is now of %s, and was of %s; delete this tunable and create another one"
              .formatted(definition.constant(), before));
    }
    return value(definition, spec.value());
  }

  private static Validation value(Definition definition, String value) {
    if (RequestedValue.isDecimal(value)) {
      return RequestedValue.fits(value)
          ? new Accepted(definition, RequestedValue.canonical(value))
          : new Rejected(
              definition.constant(),
              ConditionReason.INVALID_SPEC,
              "spec.value %s does not fit 64 bits".formatted(value));
    }
    return new Rejected(
        definition.constant(),
        ConditionReason.NOT_YET_SUPPORTED,
        RequestedValue.isOtherLiteral(value)
            ? "spec.value %s is not written in decimal; write it so".formatted(value)
            : "spec.value '%s' is an expression, which is not supported yet; write the number"
                .formatted(value));
  }

  private static Optional<String> malformed(KernelTunableSpec spec) {
    if (spec.constant() == null
        || (spec.constant().name() == null) == (spec.constant().definition() == null)) {
      return Optional.of("give exactly one of constant.name and constant.definition");
    }
    if ((spec.value() == null) == (spec.policy() == null)) {
      return Optional.of("give exactly one of value and policy");
    }
    if (spec.consistency() == null || spec.consistency().mode() == null) {
      return Optional.of(
          "spec.consistency.mode is missing; say which guarantee the change needs, for example"
              + " Immediate");
    }
    if (spec.nodeSelector() == null) {
      return Optional.of("spec.nodeSelector is missing; {} selects all x86-64 nodes");
    }
    return Optional.empty();
  }

  private Optional<Definition> definition(KernelTunable tunable) throws InvalidDefinitionException {
    var ref = tunable.getSpec().constant();
    if (ref.definition() != null) {
      return Optional.of(reader.read(ref.definition()));
    }
    KernelTunableStatus status = tunable.getStatus();
    if (pinned(tunable)
        && tunable.getMetadata().getGeneration().equals(status.definition().generation())) {
      return Optional.of(Definition.of(ref.name(), status.definition().text()));
    }
    return catalogue.find(ref.name());
  }

  private static boolean pinned(KernelTunable tunable) {
    return tunable.getStatus() != null && tunable.getStatus().definition() != null;
  }

  private static String statusConstant(KernelTunable tunable) {
    return tunable.getStatus() == null ? null : tunable.getStatus().constant();
  }

  private String unknown(String name) {
    List<String> known = catalogue.constants();
    List<String> nearest =
        known.stream()
            .sorted(
                Comparator.comparingInt(
                    k -> LevenshteinDistance.getDefaultInstance().apply(k, name)))
            .limit(5)
            .toList();
    String shown =
        known.size() <= 5
            ? known.isEmpty() ? "it is empty" : "it has " + String.join(", ", nearest)
            : "nearest of its %d are %s".formatted(known.size(), String.join(", ", nearest));
    return "the catalogue has no constant %s; %s; a constant outside of it needs"
            .formatted(name, shown)
        + " spec.constant.definition";
  }
}
