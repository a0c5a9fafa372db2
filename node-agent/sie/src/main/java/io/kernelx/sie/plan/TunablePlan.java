// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import java.util.List;
import java.util.Optional;

/**
 * Everything a node needs to make a running kernel act as if it had been compiled with another
 * value of one constant.
 *
 * <p>A plan is small, readable and reproducible byte for byte. All integers that stand for a value
 * of the constant are decimal strings (int64 or uint64). The list order is part of the plan:
 * functions by (unit, name), sites by id, values in ascending order.
 *
 * @param schema version of this shape, {@value #SCHEMA}
 * @param planner version of the planner that made the plan; part of every cache key
 * @param constant the constant's name as it stands in the source
 * @param definitionDigest {@code sha256:<hex>} over the canonical definition
 * @param kernel source, configuration and compiler the plan was made from
 * @param original the value V1 that the kernel was compiled with
 * @param range the values that the definition allows
 * @param units source files, relative to the tree, of every translation unit that was compiled and
 *     compared
 * @param functions the functions that hold sites, with the bytes the compiler gave them
 * @param sites where the kernel is probed and what is written there
 * @param spans where a frame may not stand while the value changes
 * @param hazards where a derived value leaves its span
 * @param values the values proved so far, each for itself
 * @param closed ranges for all of whose values the sites' expressions were proved at once, against
 *     code in which a variable stands in the constant's place; ascending, apart from each other
 * @param digest {@code sha256:<hex>} over the canonical JSON of all other fields
 */
public record TunablePlan(
    int schema,
    String planner,
    String constant,
    String definitionDigest,
    KernelIdentity kernel,
    String original,
    ValueRange range,
    List<String> units,
    List<PlannedFunction> functions,
    List<ProbeSite> sites,
    List<SafeSpan> spans,
    List<Hazard> hazards,
    List<PlannedValue> values,
    List<ProvedRange> closed,
    String digest) {

  /** The version of the plan's shape that this code reads and writes. */
  public static final int SCHEMA = 2;

  public TunablePlan {
    units = List.copyOf(units);
    functions = List.copyOf(functions);
    sites = List.copyOf(sites);
    spans = List.copyOf(spans);
    hazards = List.copyOf(hazards);
    values = List.copyOf(values);
    closed = List.copyOf(closed);
  }

  /** Returns the same plan with another digest. */
  public TunablePlan withDigest(String other) {
    return new TunablePlan(
        schema,
        planner,
        constant,
        definitionDigest,
        kernel,
        original,
        range,
        units,
        functions,
        sites,
        spans,
        hazards,
        values,
        closed,
        other);
  }

  /**
   * Names the stub that enforces this plan.
   *
   * @return {@code sha256:<hex>} over what the stub is made from: constant, functions and sites.
   *     Values, spans and hazards are left out, so a plan that gains a value keeps its stub
   */
  public String stubDigest() {
    return PlanJson.sha256(
        PlanJson.text(RecordJson.write(new StubIdentity(schema, constant, functions, sites))));
  }

  private record StubIdentity(
      int schema, String constant, List<PlannedFunction> functions, List<ProbeSite> sites) {}

  /**
   * Finds the proof for a value.
   *
   * @param value decimal
   * @return the proved value, or empty when the plan has no proof for it
   */
  public Optional<PlannedValue> value(String value) {
    return values.stream().filter(v -> v.value().equals(value)).findFirst();
  }
}
