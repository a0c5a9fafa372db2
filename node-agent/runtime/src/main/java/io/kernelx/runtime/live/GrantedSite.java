// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.module.Constants.Grant;
import io.kernelx.runtime.module.Constants.Operand;
import io.kernelx.runtime.module.Constants.Site;
import io.kernelx.runtime.text.LiveMemory;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProbeSite.Memory;
import io.kernelx.sie.plan.ProbeSite.Write;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What the module lets a plan's probe do: what the plan says it does, and nothing else. */
final class GrantedSite {
  private GrantedSite() {}

  /**
   * Returns the site for the module.
   *
   * @param address of the probed instruction, whose text has been verified
   * @param text the running kernel's; what the linker filled in is read from there
   * @throws IOException if it cannot be read, or another probe stands in the way
   */
  static Site of(ProbeSite site, long address, LiveMemory text) throws IOException {
    List<Grant> grants =
        site.writes().stream()
            .filter(w -> !w.target().equals(PlanExpression.MEMORY))
            .map(w -> new Grant(w.target(), w.width()))
            .toList();
    if (site.memory().isEmpty()) {
      return new Site(address, grants, site.skip(), Optional.empty());
    }
    Memory m = site.memory().getFirst();
    boolean write = site.writes().stream().anyMatch(w -> w.target().equals(PlanExpression.MEMORY));
    long linked = m.linked() < 0 ? 0 : linked(site, m.linked(), address, text);
    boolean relative = m.base().equals("ip");
    Operand operand =
        new Operand(
            relative ? "" : m.base(),
            m.index(),
            m.scale(),
            m.displacement() + linked + (relative ? address + site.skip() : 0),
            m.width(),
            site.writes().stream().anyMatch(GrantedSite::readsMemory),
            write);
    return new Site(
        address,
        grants,
        site.skip(),
        operand.read() || operand.write() ? Optional.of(operand) : Optional.empty());
  }

  /** A jump that stands for a probe before the instruction would reach over its first byte. */
  private static int linked(ProbeSite site, int field, long address, LiveMemory text)
      throws IOException {
    byte[] live = text.read(address, field + Integer.BYTES);
    String before = HexFormat.of().formatHex(live, 0, field);
    if (!site.expected().startsWith(before)) {
      throw new IOException(
          "a probe before %s+0x%x covers what it probes".formatted(site.function(), site.offset()));
    }
    return ByteBuffer.wrap(live).order(ByteOrder.LITTLE_ENDIAN).getInt(field);
  }

  private static boolean readsMemory(Write write) {
    try {
      return PlanExpression.parse(write.expression()).readsMemory();
    } catch (InvalidPlanException e) {
      throw new IllegalStateException("a plan that was checked", e);
    }
  }
}
