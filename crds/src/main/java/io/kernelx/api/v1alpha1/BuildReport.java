// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * One builder's answer to one KernelBuild, named {@code <kernelbuild>.<builder>}. Written by that
 * builder alone.
 */
@Group("kernelx.io")
@Version("v1alpha1")
@Kind("BuildReport")
@ShortNames("br")
@ValidationRule(
    value = "self.metadata.name == self.spec.kernelBuild + '.' + self.spec.builder",
    message = "a BuildReport is named <kernelBuild>.<builder>")
@AdditionalPrinterColumn(
    name = "BUILD",
    jsonPath = ".spec.kernelBuild",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "BUILDER",
    jsonPath = ".spec.builder",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "PHASE",
    jsonPath = ".status.phase",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "DURATION",
    jsonPath = ".status.duration",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class BuildReport extends CustomResource<BuildReportSpec, BuildReportStatus> {

  private static final long serialVersionUID = 1L;

  @Override
  protected BuildReportSpec initSpec() {
    return null;
  }

  @Override
  protected BuildReportStatus initStatus() {
    return null;
  }
}
