// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.symbolic.Event;
import io.kernelx.sie.symbolic.Event.Store;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings plain stores into one order of the several that mean the same: each goes before its
 * predecessors as long as they are stores to places that never meet its own and come later by
 * address. Nothing moves past a call or another effect.
 */
final class StoreOrder {

  private StoreOrder() {}

  static List<Event> normal(List<Event> events) {
    List<Event> ordered = new ArrayList<>();
    for (Event e : events) {
      int at = ordered.size();
      while (e instanceof Store s
          && at > 0
          && ordered.get(at - 1) instanceof Store before
          && before.apart(s)
          && s.address().compareTo(before.address()) < 0) {
        at--;
      }
      ordered.add(at, e);
    }
    return ordered;
  }
}
