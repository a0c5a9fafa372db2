// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.build;

import io.kernelx.operator.definition.Definition;
import io.kernelx.operator.observe.KernelKey;
import java.util.Locale;

/**
 * One plan that is needed.
 *
 * @param kernel for which kernel
 * @param definition of which constant
 * @param plannerVersion by which compiler
 */
public record BuildTarget(KernelKey kernel, Definition definition, String plannerVersion) {

  /** Returns the KernelBuild's name: the constant, and 12 hexadecimal digits of what it is for. */
  public String name() {
    String key =
        String.join("|", kernel.release(), kernel.buildId(), definition.digest(), plannerVersion);
    String constant = definition.constant().toLowerCase(Locale.ROOT).replace('_', '-');
    return trim(constant) + "-" + Definition.sha256(key).substring(0, 12);
  }

  /** A resource's name begins with a letter or digit. */
  private static String trim(String name) {
    int start = 0;
    while (start < name.length() - 1 && name.charAt(start) == '-') {
      start++;
    }
    return name.charAt(start) == '-' ? "x" : name.substring(start);
  }
}
