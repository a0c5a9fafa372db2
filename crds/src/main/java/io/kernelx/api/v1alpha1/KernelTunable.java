// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A constant of the kernel, and the value that the selected nodes shall run it with. */
@Group("kernelx.io")
@Version("v1alpha1")
@Kind("KernelTunable")
@ShortNames("kt")
@AdditionalPrinterColumn(
    name = "CONSTANT",
    jsonPath = ".status.constant",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "VALUE",
    jsonPath = ".spec.value",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "MODE",
    jsonPath = ".spec.consistency.mode",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "MATCHED",
    jsonPath = ".status.nodes.matched",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "APPLIED",
    jsonPath = ".status.nodes.applied",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "FAILED",
    jsonPath = ".status.nodes.failed",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "READY",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "PHASE",
    jsonPath = ".status.phase",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "REVISION",
    jsonPath = ".status.revision",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "KERNELS",
    jsonPath = ".status.kernelCount",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class KernelTunable extends CustomResource<KernelTunableSpec, KernelTunableStatus> {

  private static final long serialVersionUID = 1L;

  /** The finalizer that holds the resource until its nodes have reverted. */
  public static final String FINALIZER = "kernelx.io/revert";

  /**
   * Annotation by which a person gives up on nodes that cannot report: {@code "true"} lets a
   * deletion finish at once. The orders to revert stay in the NodeTunings and are followed when the
   * nodes come back.
   */
  public static final String FORCE_DELETE = "kernelx.io/force-delete";

  @Override
  protected KernelTunableSpec initSpec() {
    return null;
  }

  @Override
  protected KernelTunableStatus initStatus() {
    return null;
  }
}
