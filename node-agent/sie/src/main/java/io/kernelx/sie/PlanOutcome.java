// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.TunablePlan;
import io.kernelx.sie.synthesis.JumpPlaces;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan, or why there is none. */
public sealed interface PlanOutcome {

  /** Returns the seconds that each stage took, in the order of the stages. */
  Map<String, Double> stages();

  /** Returns the source files of the units that were compiled and compared. */
  List<String> units();

  /**
   * Planned.
   *
   * @param plan holds every value that was proved
   * @param refused the requested values that were not, each with its reason
   * @param numbers the requested values that have a number, as they were written, to the number in
   *     decimal
   * @param notes sentences on what the plan does not show: values to compare with that were left
   *     out or taken in, why no range is closed
   * @param jumpPlaces for each site of the plan where its probe could be a jump
   */
  record Planned(
      TunablePlan plan,
      List<ValueRefusal> refused,
      Map<String, String> numbers,
      List<String> notes,
      List<JumpPlaces.Legal> jumpPlaces,
      List<String> units,
      Map<String, Double> stages)
      implements PlanOutcome {
    public Planned {
      refused = List.copyOf(refused);
      numbers = Map.copyOf(numbers);
      notes = List.copyOf(notes);
      jumpPlaces = List.copyOf(jumpPlaces);
      units = List.copyOf(units);
      stages = ordered(stages);
    }
  }

  /** Refused. */
  record Refused(Refusal refusal, List<String> units, Map<String, Double> stages)
      implements PlanOutcome {
    public Refused {
      units = List.copyOf(units);
      stages = ordered(stages);
    }
  }

  /**
   * A value that was asked for and is not in the plan.
   *
   * @param value as it was written in the request
   * @param refusal why
   */
  record ValueRefusal(String value, Refusal refusal) {}

  private static Map<String, Double> ordered(Map<String, Double> stages) {
    return java.util.Collections.unmodifiableMap(new LinkedHashMap<>(stages));
  }
}
