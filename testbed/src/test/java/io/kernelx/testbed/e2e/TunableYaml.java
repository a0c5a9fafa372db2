// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import io.kernelx.api.v1alpha1.ConsistencyMode;

/**
 * A KernelTunable as a user writes it.
 *
 * @param consistency what stands in the braces of that field
 * @param selector the node selector, with its braces
 * @param more further lines of the spec
 */
record TunableYaml(
    String name, String constant, Object value, String consistency, String selector, String more) {

  /** One for the whole pool, at once. */
  static TunableYaml of(String name, String constant, Object value) {
    return new TunableYaml(
        name, constant, value, "mode: Immediate", "{matchLabels: {pool: storage}}", "");
  }

  /** The same in another mode, with a minute's time. */
  TunableYaml in(ConsistencyMode mode) {
    String consistency = "mode: %s, timeout: 1m".formatted(mode.text());
    return new TunableYaml(name, constant, value, consistency, selector, more);
  }

  TunableYaml on(String nodes) {
    return new TunableYaml(name, constant, value, consistency, nodes, more);
  }

  TunableYaml with(String line) {
    return new TunableYaml(name, constant, value, consistency, selector, line);
  }

  String text() {
    return """
    apiVersion: kernelx.io/v1alpha1
    kind: KernelTunable
    metadata: {name: %s}
    spec:
      constant: {name: %s}
      value: %s
      consistency: {%s}
      nodeSelector: %s
      %s
    """
        .formatted(name, constant, value, consistency, selector, more);
  }
}
