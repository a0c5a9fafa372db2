// SPDX-License-Identifier: Apache-2.0
/**
 * Aligns versions of a function on decoded instructions and yields where they differ.
 *
 * <p>The way from a kernel's release to here: {@code KernelLocator.locate} (source, configuration,
 * compiler), {@code KernelPreparer.prepare} (once per kernel), {@code ConstantBuild.open} (units,
 * V1, sample values), {@code ConstantBuild.compile} (objects at any values), {@code
 * ObjectReader.read}, {@link io.kernelx.sie.diff.UnitDiffer#diff} per unit, and {@link
 * io.kernelx.sie.diff.UnitDiffer#refusal} over all of them.
 */
package io.kernelx.sie.diff;
