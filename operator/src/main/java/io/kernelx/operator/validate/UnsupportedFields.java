// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.validate;

import io.kernelx.api.v1alpha1.BuildTrust;
import io.kernelx.api.v1alpha1.DeletionPolicy;
import io.kernelx.api.v1alpha1.KernelTunableSpec;
import io.kernelx.api.v1alpha1.OnFailure;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The behaviours that the schema has and this version has not. Each is answered with the field's
 * name and the mend; nothing is done in a weaker way, and nothing is passed over.
 */
final class UnsupportedFields {

  private record Rule(Predicate<KernelTunableSpec> asksForIt, String sentence) {}

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              spec -> spec.policy() != null,
              "spec.policy is not supported yet; give spec.value instead"),
          new Rule(
              spec -> spec.rollout() != null && spec.rollout().canary() != null,
              "spec.rollout.canary is not supported yet; remove it, or begin with a nodeSelector"
                  + " that selects few nodes"),
          new Rule(
              spec -> spec.rollout() != null && spec.rollout().onFailure() == OnFailure.ROLLBACK,
              "spec.rollout.onFailure Rollback is not supported yet; set Pause"),
          new Rule(
              spec -> spec.deletionPolicy() == DeletionPolicy.ORPHAN,
              "spec.deletionPolicy Orphan is not supported yet; set Revert"),
          new Rule(
              spec -> spec.build() != null && spec.build().trust() == BuildTrust.PER_NODE,
              "spec.build.trust PerNode is not supported yet; set Shared"),
          new Rule(
              spec -> spec.build() != null && spec.build().trust() == BuildTrust.QUORUM,
              "spec.build.trust Quorum is not supported yet; set Shared"));

  private UnsupportedFields() {}

  /** Returns the sentence about the first field that asks for what is not there. */
  static Optional<String> firstIn(KernelTunableSpec spec) {
    return RULES.stream()
        .filter(rule -> rule.asksForIt().test(spec))
        .map(Rule::sentence)
        .findFirst();
  }
}
