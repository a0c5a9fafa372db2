// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** What one node shall run, and what its agent reports. Named like the node, owned by the Node. */
@Group("kernelx.io")
@Version("v1alpha1")
@Kind("NodeTuning")
@ShortNames("nt")
@ValidationRule(
    value = "self.spec.node == self.metadata.name",
    message = "a NodeTuning has the name of its node")
@AdditionalPrinterColumn(
    name = "KERNEL",
    jsonPath = ".status.kernel.release",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "AGENT",
    jsonPath = ".status.agentVersion",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "BUILDID",
    jsonPath = ".status.kernel.buildId",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "LOCKDOWN",
    jsonPath = ".status.kernel.lockdown",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "BOOT",
    jsonPath = ".status.bootId",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class NodeTuning extends CustomResource<NodeTuningSpec, NodeTuningStatus> {

  private static final long serialVersionUID = 1L;

  @Override
  protected NodeTuningSpec initSpec() {
    return null;
  }

  @Override
  protected NodeTuningStatus initStatus() {
    return null;
  }
}
