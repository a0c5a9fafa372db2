// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import java.util.List;

/**
 * A value that was compiled, compared and proved.
 *
 * @param value the constant's value, decimal
 * @param form whether an f holds for a whole range, or was observed and proved at this value
 * @param proof the strongest means that the proof needed
 * @param sites per site the writes with this value put in, for people to read
 */
public record PlannedValue(String value, Form form, Proof proof, List<SiteValue> sites) {

  public PlannedValue {
    sites = List.copyOf(sites);
  }

  public enum Form {
    CLOSED,
    OBSERVED
  }

  public enum Proof {
    STRUCTURAL,
    SOLVER
  }

  /**
   * @param site the site's id
   * @param expressions the site's expressions with V replaced by the value and folded, in the order
   *     of its writes
   */
  public record SiteValue(int site, List<String> expressions) {
    public SiteValue {
      expressions = List.copyOf(expressions);
    }
  }
}
