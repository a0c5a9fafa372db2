// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import io.kernelx.sie.plan.PlannedFunction.PatchSite;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.ProbeSite.Memory;
import io.kernelx.sie.plan.ProbeSite.Write;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Holds the parts of a plan against each other: whatever passes can be turned into a stub and
 * compared with live text without further checks of form.
 */
final class PlanCheck {

  private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2})*");
  private static final Pattern DECIMAL = Pattern.compile("0|-?[1-9][0-9]{0,19}");
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final Pattern SYMBOL = Pattern.compile("[A-Za-z_.$][A-Za-z0-9_.$]{0,511}");
  private static final Pattern MODULE = Pattern.compile("[A-Za-z0-9_-]{1,55}");
  private static final Pattern CONSTANT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
  private static final BigInteger MIN = BigInteger.ONE.shiftLeft(63).negate();
  private static final BigInteger MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private final TunablePlan plan;
  private final Map<String, PlannedFunction> functions = new HashMap<>();

  private PlanCheck(TunablePlan plan) {
    this.plan = plan;
  }

  static void check(TunablePlan plan) throws InvalidPlanException {
    new PlanCheck(plan).all();
  }

  private void all() throws InvalidPlanException {
    require(plan.schema() == TunablePlan.SCHEMA, "schema is unknown");
    require(matches(CONSTANT, plan.constant()), "constant is not an identifier");
    require(matches(DIGEST, plan.definitionDigest()), "definitionDigest is not a digest");
    require(matches(DIGEST, plan.kernel().sourceDigest()), "kernel.sourceDigest is not a digest");
    require(matches(DIGEST, plan.kernel().configDigest()), "kernel.configDigest is not a digest");
    BigInteger min = number(plan.range().min(), "range.min");
    BigInteger max = number(plan.range().max(), "range.max");
    require(min.compareTo(max) <= 0, "range is empty");
    number(plan.original(), "original");
    for (PlannedFunction f : plan.functions()) {
      function(f);
    }
    for (int i = 0; i < plan.sites().size(); i++) {
      require(plan.sites().get(i).id() == i, "sites are not numbered in their order");
      site(plan.sites().get(i));
    }
    for (SafeSpan s : plan.spans()) {
      PlannedFunction f = functions.get(s.unit() + ":" + s.function());
      require(f != null, "span names a function that the plan does not hold");
      require(0 <= s.start() && s.start() < s.end() && s.end() <= length(f), "span is outside");
    }
    closed();
    values();
  }

  private void function(PlannedFunction f) throws InvalidPlanException {
    require(matches(SYMBOL, f.name()), "functions hold a name that is no symbol");
    require(matches(MODULE, f.module()), "functions hold a module name that is none");
    require(matches(HEX, f.text()) && !f.text().isEmpty(), "functions hold text that is not hex");
    require(
        functions.put(f.unit() + ":" + f.name(), f) == null, "functions hold the same one twice");
    for (Relocation r : f.relocations()) {
      require(0 <= r.offset() && r.offset() < length(f), "a relocation is outside its function");
    }
    for (PatchSite p : f.patchSites()) {
      require(
          0 <= p.offset() && 0 < p.length() && p.offset() <= length(f) - p.length(),
          "a patch site is outside its function");
    }
  }

  private void site(ProbeSite s) throws InvalidPlanException {
    String where = "site " + s.id() + " ";
    PlannedFunction f = functions.get(s.unit() + ":" + s.function());
    require(f != null, where + "names a function that the plan does not hold");
    int bytes = s.expected().length() / 2;
    require(matches(HEX, s.expected()) && bytes > 0, where + "expects bytes that are not hex");
    require(0 <= s.offset() && s.offset() <= length(f) - bytes, where + "is outside its function");
    require(
        f.text().startsWith(s.expected(), 2 * s.offset()),
        where + "expects other bytes than its function has there");
    require(
        0 <= s.spanStart() && s.spanStart() < s.spanEnd() && s.spanEnd() <= length(f),
        where + "has a critical span outside its function");
    require(s.candidates().contains(s.offset()), where + "is not among its candidates");
    require(!s.writes().isEmpty(), where + "writes nothing");
    require(s.skip() == 0 || s.skip() == bytes, where + "skips something else than it probes");
    require(
        s.memory().isEmpty() || s.memory().size() == 1 && s.skip() > 0,
        where + "has a memory operand that it may not have");
    for (Memory m : s.memory()) {
      memory(m, bytes, where);
    }
    for (Write w : s.writes()) {
      boolean flags = w.target().equals("flags");
      boolean memory = w.target().equals(PlanExpression.MEMORY);
      require(
          flags
              || memory && !s.memory().isEmpty() && s.memory().getFirst().width() == w.width()
              || PlanExpression.REGISTERS.contains(w.target()) && !w.target().equals("sp"),
          where + "writes something that a probe may not");
      require(
          w.width() == 8 || w.width() == 16 || w.width() == 32 || w.width() == 64,
          where + "writes a width that no register has");
      require(!flags || w.width() == 64, where + "writes part of the flags");
      require(
          !PlanExpression.parse(w.expression()).readsMemory() || !s.memory().isEmpty(),
          where + "reads memory without an operand");
    }
  }

  private static void memory(Memory m, int bytes, String where) throws InvalidPlanException {
    boolean relative = m.base().equals("ip");
    require(
        relative || m.base().isEmpty() || PlanExpression.REGISTERS.contains(m.base()),
        where + "has a base that is no register");
    require(
        m.index().isEmpty() || PlanExpression.REGISTERS.contains(m.index()) && !relative,
        where + "has an index that it may not have");
    require(!m.index().equals("sp"), where + "has the stack pointer for an index");
    require(Set.of(1, 2, 4, 8).contains(m.scale()), where + "has an unknown scale");
    require(Set.of(8, 16, 32, 64).contains(m.width()), where + "has memory of an unknown width");
    require((int) m.displacement() == m.displacement(), where + "has too large a displacement");
    require(
        m.linked() == -1 && !relative
            || 0 < m.linked() && m.linked() <= bytes - 4 && m.displacement() == 0,
        where + "has a displacement outside its instruction");
  }

  private void values() throws InvalidPlanException {
    BigInteger before = null;
    for (PlannedValue v : plan.values()) {
      BigInteger n = number(v.value(), "values");
      require(before == null || before.compareTo(n) < 0, "values are not in ascending order");
      require(
          n.compareTo(new BigInteger(plan.range().min())) >= 0
              && n.compareTo(new BigInteger(plan.range().max())) <= 0,
          "values hold one outside the range");
      require(
          v.form() == PlannedValue.Form.CLOSED == inClosed(n),
          "values hold one whose form is not what the closed ranges say");
      before = n;
    }
  }

  private boolean inClosed(BigInteger n) {
    return plan.closed().stream()
        .anyMatch(
            r ->
                n.compareTo(new BigInteger(r.min())) >= 0
                    && n.compareTo(new BigInteger(r.max())) <= 0);
  }

  private void closed() throws InvalidPlanException {
    BigInteger before = new BigInteger(plan.range().min()).subtract(BigInteger.ONE);
    for (ProvedRange r : plan.closed()) {
      BigInteger min = number(r.min(), "closed.min");
      BigInteger max = number(r.max(), "closed.max");
      require(min.compareTo(max) <= 0, "a closed range is empty");
      require(before.compareTo(min) < 0, "closed ranges are not in order, or leave the range");
      before = max;
    }
    require(
        before.compareTo(new BigInteger(plan.range().max())) <= 0,
        "closed ranges are not in order, or leave the range");
  }

  private static BigInteger number(String text, String where) throws InvalidPlanException {
    require(matches(DECIMAL, text), where + " is not a decimal number");
    BigInteger n = new BigInteger(text);
    require(n.compareTo(MIN) >= 0 && n.compareTo(MAX) <= 0, where + " does not fit in 64 bits");
    return n;
  }

  private static int length(PlannedFunction f) {
    return f.text().length() / 2;
  }

  private static boolean matches(Pattern pattern, String text) {
    return pattern.matcher(text).matches();
  }

  private static void require(boolean right, String what) throws InvalidPlanException {
    if (!right) {
      throw new InvalidPlanException("The plan does not hold together: " + what + ".");
    }
  }
}
