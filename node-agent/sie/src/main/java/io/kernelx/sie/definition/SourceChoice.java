// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import java.math.BigInteger;
import java.util.List;

/**
 * A replacement and the values that the definition gives it.
 *
 * @param replacement what is replaced
 * @param values V1, V2, V3; empty if the source and the tool choose them
 */
public record SourceChoice(Replacement replacement, List<BigInteger> values) {
  public SourceChoice {
    values = List.copyOf(values);
  }
}
