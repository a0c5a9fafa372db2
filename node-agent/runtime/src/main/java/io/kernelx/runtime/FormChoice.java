// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import java.util.Objects;

/**
 * The form that a constant is enforced by, and why that one.
 *
 * @param form the form
 * @param reason one line, without a full stop
 */
public record FormChoice(Form form, String reason) {

  public FormChoice {
    Objects.requireNonNull(form, "form");
    Objects.requireNonNull(reason, "reason");
  }
}
