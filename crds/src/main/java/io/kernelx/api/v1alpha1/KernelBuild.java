// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * The plan of one constant for one kernel: what is asked, and what came out. Written by the
 * operator alone.
 */
@Group("kernelx.io")
@Version("v1alpha1")
@Kind("KernelBuild")
@ShortNames("kb")
@AdditionalPrinterColumn(
    name = "CONSTANT",
    jsonPath = ".spec.constant",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "KERNEL",
    jsonPath = ".spec.kernel.release",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "PHASE",
    jsonPath = ".status.phase",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.refusal.reason",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "DURATION",
    jsonPath = ".status.duration",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "BUILDID",
    jsonPath = ".spec.kernel.buildId",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "DIGEST",
    jsonPath = ".status.planDigest",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class KernelBuild extends CustomResource<KernelBuildSpec, KernelBuildStatus> {

  private static final long serialVersionUID = 1L;

  @Override
  protected KernelBuildSpec initSpec() {
    return null;
  }

  @Override
  protected KernelBuildStatus initStatus() {
    return null;
  }
}
