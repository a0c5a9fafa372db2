// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import java.util.List;

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
    String digest) {

  /** The version of the plan's shape that this code reads and writes. */
  public static final int SCHEMA = 1;

  public TunablePlan {
    units = List.copyOf(units);
    functions = List.copyOf(functions);
    sites = List.copyOf(sites);
    spans = List.copyOf(spans);
    hazards = List.copyOf(hazards);
    values = List.copyOf(values);
  }
}
