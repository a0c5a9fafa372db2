// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.diff.DifferingData;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.DataSection;
import io.kernelx.sie.object.DataSymbol;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import java.util.Optional;

/**
 * Constants that the compiler put into initialised data. No instruction holds the number then, so
 * there is nothing that a probe could put right; what the variable holds by now is the running
 * kernel's own business. Always refused; this says why, as precisely as the object shows it:
 *
 * <ol>
 *   <li>data that is gone after boot or load;
 *   <li>data that the kernel keeps read-only, be it from the start or from the end of boot on;
 *   <li>a variable that each processor has a copy of;
 *   <li>a variable whose number may have become another since: other units see it, this unit writes
 *       it, or its address is given away;
 *   <li>a variable that is only read, here and nowhere else.
 * </ol>
 */
final class DataUses {
  private final String constant;
  private final UnitCodes codes;

  DataUses(String constant, UnitCodes codes) {
    this.constant = constant;
    this.codes = codes;
  }

  /** Returns why the constant cannot be changed where the data holds it. */
  Refusal refusal(DifferingData data) {
    String section = data.section();
    if (section.startsWith(".init") || section.startsWith(".exit")) {
      return refusal(
          data, Reason.INIT_ONLY, "which is thrown away once the kernel or module has started");
    }
    if (!data.writable()) {
      return refusal(data, Reason.READ_ONLY_DATA, "which the kernel keeps read-only");
    }
    if (section.startsWith(".data..ro_after_init")) {
      return refusal(
          data, Reason.READ_ONLY_DATA, "which the kernel keeps read-only once it has booted");
    }
    if (section.startsWith(".data..percpu")) {
      return refusal(
          data,
          Reason.NO_LEGAL_SITE,
          "of which each processor was given a copy when it was set up");
    }
    return refusal(
        data,
        Reason.NO_LEGAL_SITE,
        "no instruction holds it, and "
            + history(data)
            + "; if that has a sysctl, a module parameter or another knob, set it there");
  }

  private Refusal refusal(DifferingData data, Reason reason, String why) {
    boolean text = data.section().startsWith(".rodata.str");
    String what =
        text
            ? "part of a text in %s".formatted(data.unit())
            : "the initial content of %s in %s (%s+0x%x)"
                .formatted(data.symbol(), data.unit(), data.section(), place(data));
    return new Refusal(reason, "%s is %s, %s.".formatted(constant, what, why));
  }

  private long place(DifferingData data) {
    return data.offset() + symbol(data).map(DataSymbol::offset).orElse(0L);
  }

  private Optional<DataSymbol> symbol(DifferingData data) {
    return codes.object(data.unit()).symbols().stream()
        .filter(s -> s.name().equals(data.symbol()) && s.section().equals(data.section()))
        .findFirst();
  }

  /** Says what may have happened to the variable since it was initialised. */
  private String history(DifferingData data) {
    CodeObject object = codes.object(data.unit());
    String name = data.symbol();
    Optional<DataSymbol> symbol = symbol(data);
    if (symbol.isEmpty()) {
      return "no symbol says which variable it is";
    }
    if (symbol.get().global()) {
      return "%s is open to every other unit, which may have written it since".formatted(name);
    }
    Optional<String> table = pointed(object, symbol.get());
    if (table.isPresent()) {
      return "%s is pointed to from %s, by which it may have been written since"
          .formatted(name, table.get());
    }
    String read = "";
    for (ObjectFunction function : object.functions()) {
      if (function.relocations().stream().noneMatch(r -> r.symbol().equals(name))) {
        continue;
      }
      Optional<FunctionCode> code = codes.decoded(function);
      if (code.isEmpty()) {
        return "%s cannot be decoded, which uses %s".formatted(function.name(), name);
      }
      for (Instruction i : code.get().instructions()) {
        Use use = use(i, name);
        String where = "%s+0x%x".formatted(function.name(), i.offset());
        if (use == Use.WRITTEN) {
          return "%s is written at %s".formatted(name, where);
        } else if (use == Use.GIVEN_AWAY) {
          return "the address of %s is given away at %s, so that it may have been written since"
              .formatted(name, where);
        } else if (use == Use.READ && read.isEmpty()) {
          read = " at " + where;
        }
      }
    }
    return "%s is read from memory%s, where a probe would have to know the variable's history"
        .formatted(name, read);
  }

  private enum Use {
    NONE,
    READ,
    WRITTEN,
    GIVEN_AWAY
  }

  private static Use use(Instruction i, String symbol) {
    Use use = Use.NONE;
    for (Relocation r : i.relocations()) {
      if (r.symbol().equals(symbol)) {
        use =
            i.operands().stream()
                .filter(MemoryOperand.class::isInstance)
                .map(MemoryOperand.class::cast)
                .filter(m -> holds(i, m, r))
                .findFirst()
                .map(DataUses::use)
                .orElse(Use.GIVEN_AWAY);
      }
    }
    return use;
  }

  private static boolean holds(Instruction i, MemoryOperand m, Relocation r) {
    Operand.Field field = m.displacementField();
    int start = i.offset() + field.offset();
    return field.present() && start <= r.offset() && r.offset() < start + field.size();
  }

  private static Use use(MemoryOperand m) {
    if (m.kind() != MemoryOperand.Kind.PLAIN) {
      return Use.GIVEN_AWAY;
    }
    return m.access().anyWrite() ? Use.WRITTEN : Use.READ;
  }

  /** Returns the table or variable that holds the variable's address. */
  private static Optional<String> pointed(CodeObject object, DataSymbol symbol) {
    for (DataSection section : object.data()) {
      for (DataSection.Reference reference : section.references()) {
        if (inside(reference.target(), symbol)) {
          return Optional.of(
              object.symbols().stream()
                  .filter(s -> s.section().equals(section.name()))
                  .filter(s -> s.offset() <= reference.offset())
                  .filter(s -> reference.offset() < s.offset() + s.size())
                  .findFirst()
                  .map(DataSymbol::name)
                  .orElse(section.name()));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a reference's target, {@code section+offset} or {@code symbol+offset}, is it. */
  private static boolean inside(String target, DataSymbol symbol) {
    int plus = target.lastIndexOf('+');
    if (plus < 0 || !target.substring(0, plus).equals(symbol.section())) {
      return false;
    }
    try {
      long offset = Long.parseLong(target.substring(plus + 1));
      return symbol.offset() <= offset && offset < symbol.offset() + symbol.size();
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
