// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.validate;

import io.kernelx.api.v1alpha1.KernelTunable;

/** Decides whether a KernelTunable can be acted upon. */
public interface Validator {

  /** Validates the spec; a definition that the status pins for this generation is kept. */
  Validation validate(KernelTunable tunable);
}
