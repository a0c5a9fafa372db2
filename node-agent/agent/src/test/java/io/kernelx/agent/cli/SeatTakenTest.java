// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.runtime.state.AgentSeat;
import io.kernelx.runtime.state.NodeFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeatTakenTest {
  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();
  private int waited;

  @Test
  void theSecondAgentSaysSoOnceAndGoesOnWhenTheFirstHasEnded() throws Exception {
    AgentSeat seat = new AgentSeat(folder);
    NodeFiles.Lock first = seat.take("process 7 on kernelx-agent-abc").orElseThrow();
    SeatTaken.Pause pause =
        () -> {
          if (++waited == 3) {
            closed(first);
          }
        };
    try (SeatTaken second = new SeatTaken(seat, log::add, pause).await()) {
      assertThat(second).isNotNull();
      assertThat(waited).isEqualTo(3);
      assertThat(seat.take("a third")).isEmpty();
      assertThat(log)
          .singleElement()
          .asString()
          .contains("Another agent", "process 7 on kernelx-agent-abc", "kubectl get pods -A");
    }
    assertThat(seat.holder()).isEmpty();
  }

  private static void closed(NodeFiles.Lock lock) {
    try {
      lock.close();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFreeSeatIsTakenInSilence() throws Exception {
    AgentSeat seat = new AgentSeat(folder.resolve("new"));
    try (SeatTaken only = new SeatTaken(seat, log::add, () -> waited++).await()) {
      assertThat(only).isNotNull();
      assertThat(log).isEmpty();
      assertThat(waited).isZero();
    }
  }
}
