// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoded;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.CompiledC;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallsTest {

  private static final String UNIT =
      """
      int outside(int);
      static __attribute__((noinline)) int own(int x) { return outside(x) + 1; }
      int f(int x, int (*g)(int))
      {
        int r = x;
        asm volatile("call helper" : "+a"(r) : : "memory");
        return outside(own(r)) + g(r);
      }
      __attribute__((no_instrument_function)) int untraced(int x) { return own(x) * 3; }
      int local(int x)
      {
        asm volatile("call .Lown\\n\\tjmp 1f\\n.Lown: ret\\n1:" : "+a"(x));
        asm volatile("call own" : "+a"(x));
        return x;
      }
      """;

  private final Decoder decoder = new Decoder();
  private final ObjectReader reader = new ObjectReader(decoder);
  private final CodeObject unit = reader.read(CompiledC.compile(UNIT));

  private ObjectFunction function(String name) {
    return unit.function(name).orElseThrow();
  }

  private Instruction call(ObjectFunction f, String callee) {
    for (Decoded d : decoder.decodeAll(f.text())) {
      if (d instanceof Instruction i && i.branch().kind() == Branch.Kind.CALL) {
        List<Relocation> inside =
            f.relocations().stream()
                .filter(r -> r.offset() >= i.offset() && r.offset() < i.end())
                .toList();
        Instruction whole = i.withRelocations(inside);
        if (Calls.target(whole, f).startsWith(callee)) {
          return whole;
        }
      }
    }
    throw new AssertionError("no call of " + callee + " in " + f.name());
  }

  @Test
  void aCallThatTheCompilerMadeKeepsTheCConvention() {
    ObjectFunction f = function("own");
    Instruction call = call(f, "outside");
    assertThat(Calls.seen(call, f))
        .contains(Register.RDI, Register.R9, Register.RSP)
        .doesNotContain(Register.RAX, Register.RBX, Register.R10);
    assertThat(Calls.lost(call, f)).contains(Register.RAX, Register.RCX, Register.R11);
  }

  @Test
  void aCallInInlineAssemblyMaySeeEverythingAndKeepAnything() {
    ObjectFunction f = function("local");
    Instruction call = call(f, "own");
    assertThat(Calls.seen(call, f)).contains(Register.RAX, Register.RBX, Register.R15);
    assertThat(Calls.lost(call, f)).isEmpty();
    MachineState s = MachineState.fresh("t");
    s.setRegister(Register.RBX, Bits.constant(64, 5));
    new Executor(f, Constants.AS_ENCODED).step(s, call);
    assertThat(s.register(Register.RBX).isConst()).as("no stale value").isFalse();
    assertThat(s.register(Register.RSP)).isEqualTo(Bits.input("sp", 64));
  }

  /** Also where the compiler calls the same function: the name does not tell the two apart. */
  @Test
  void aNameThatInlineAssemblyCallsCountsSoEverywhere() {
    ObjectFunction f = function("f");
    assertThat(Calls.lost(call(f, "helper"), f)).isEmpty();
    assertThat(Calls.lost(call(f, "own"), f)).isEmpty();
    assertThat(Calls.lost(call(f, "outside"), f)).isNotEmpty();
  }

  @Test
  void aThunkSeesTheRegisterOfTheTarget() {
    ObjectFunction f = function("f");
    Instruction call = call(f, "__x86_indirect_thunk_");
    String register = call.relocations().getFirst().symbol().replaceAll(".*_", "");
    assertThat(Calls.seen(call, f)).hasSize(8).anyMatch(r -> r.name().equalsIgnoreCase(register));
    assertThat(Calls.lost(call, f)).contains(Register.RAX);
  }

  @Test
  void withoutProfilingTheCompilerMayKnowWhatItsOwnFunctionsLeaveAlone() {
    CodeObject plain =
        reader.read(
            CompiledC.compile(UNIT.replace("asm volatile(\"call own\"", "asm volatile(\"\"")));
    ObjectFunction untraced = plain.function("untraced").orElseThrow();
    assertThat(Calls.lost(call(untraced, "own"), untraced)).isEmpty();
    ObjectFunction traced = plain.function("f").orElseThrow();
    assertThat(Calls.lost(call(traced, "own"), traced)).isNotEmpty();
  }

  @Test
  void whereNothingIsKnownEveryCallMayBeInline() {
    Bytes unmarked = CompiledC.assemble(CompiledC.assembly(UNIT));
    ObjectFunction f = reader.read(unmarked).function("own").orElseThrow();
    Instruction call = call(f, "outside");
    assertThat(Calls.seen(call, f)).contains(Register.RBX);
    assertThat(Calls.lost(call, f)).isEmpty();
  }
}
