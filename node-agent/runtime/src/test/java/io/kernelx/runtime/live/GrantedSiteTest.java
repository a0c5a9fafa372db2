// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.runtime.module.Constants.Grant;
import io.kernelx.runtime.module.Constants.Operand;
import io.kernelx.runtime.module.Constants.Site;
import io.kernelx.runtime.text.LiveMemory;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProbeSite.Memory;
import io.kernelx.sie.plan.ProbeSite.Write;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrantedSiteTest {
  private static final long AT = 0xffffffff81000100L;

  private static ProbeSite site(String bytes, List<Write> writes, Memory... memory) {
    int skip = memory.length == 0 ? 0 : bytes.length() / 2;
    return new ProbeSite(
        0,
        "f",
        "unit.c",
        0,
        bytes,
        ProbeSite.Kind.STORE,
        false,
        0,
        bytes.length() / 2,
        List.of(0),
        writes,
        skip,
        List.of(memory));
  }

  private static LiveMemory live(String bytes) {
    byte[] text = HexFormat.of().parseHex(bytes);
    return new LiveMemory() {
      @Override
      public byte[] read(long address, int length) {
        int from = (int) (address - AT);
        return Arrays.copyOfRange(text, from, from + length);
      }

      @Override
      public void close() {}
    };
  }

  private static final List<Write> STORE = List.of(new Write("mem", 32, "V"));

  @Test
  void registersAreGrantedInTheirWidths() throws IOException {
    ProbeSite site = site("90", List.of(new Write("ax", 16, "V"), new Write("flags", 64, "0")));
    assertThat(GrantedSite.of(site, AT, live("90")))
        .isEqualTo(
            new Site(
                AT, List.of(new Grant("ax", 16), new Grant("flags", 64)), 0, Optional.empty()));
  }

  @Test
  void operandIsGrantedForWhatIsDoneWithItOnly() throws IOException {
    Memory memory = new Memory("di", "cx", 4, 16, -1, 32);
    assertThat(GrantedSite.of(site("c7448f1008000000", STORE, memory), AT, live("")).memory())
        .contains(new Operand("di", "cx", 4, 16, 32, false, true));
    List<Write> flags = List.of(new Write("flags", 64, "mem < V"));
    Site compares = GrantedSite.of(site("837c8f1008", flags, memory), AT, live(""));
    assertThat(compares.memory()).contains(new Operand("di", "cx", 4, 16, 32, true, false));
    assertThat(compares.grants()).containsExactly(new Grant("flags", 64));
    assertThat(compares.skip()).isEqualTo(5);
    List<Write> both = List.of(new Write("mem", 32, "mem + V"));
    assertThat(GrantedSite.of(site("83448f1008", both, memory), AT, live("")).memory())
        .contains(new Operand("di", "cx", 4, 16, 32, true, true));
    List<Write> neither = List.of(new Write("ax", 32, "V"));
    assertThat(GrantedSite.of(site("83448f1008", neither, memory), AT, live("")).memory())
        .isEmpty();
  }

  @Test
  void whatTheLinkerFilledInIsReadFromTheLiveText() throws IOException {
    ProbeSite relative = site("c7050000000008000000", STORE, new Memory("ip", "", 1, 0, 2, 32));
    assertThat(GrantedSite.of(relative, AT, live("c705f0ffffff08000000")).memory())
        .contains(new Operand("", "", 1, AT + 10 - 16, 32, false, true));
    ProbeSite table = site("c704c50000000008000000", STORE, new Memory("", "ax", 8, 0, 3, 32));
    assertThat(GrantedSite.of(table, AT, live("c704c50010008208000000")).memory())
        .contains(new Operand("", "ax", 8, 0xffffffff82001000L, 32, false, true));
  }

  @Test
  void jumpOfAnotherProbeIsNotReadForTheLinkersField() {
    ProbeSite relative = site("c7050000000008000000", STORE, new Memory("ip", "", 1, 0, 2, 32));
    assertThatThrownBy(() -> GrantedSite.of(relative, AT, live("11223344ffff08000000")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("f+0x0");
  }
}
