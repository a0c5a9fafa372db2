// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentSeatTest {
  @TempDir private Path folder;

  @Test
  void oneAtATimeHasIt() throws Exception {
    AgentSeat seat = new AgentSeat(folder.resolve("kernelx"));
    assertThat(seat.holder()).isEmpty();
    NodeFiles.Lock held = seat.take("process 7 on one").orElseThrow();
    assertThat(seat.take("process 8 on two")).isEmpty();
    assertThat(seat.holder()).contains("process 7 on one");
    held.close();
    assertThat(seat.holder()).isEmpty();
    Optional<NodeFiles.Lock> next = seat.take("process 8 on two");
    assertThat(next).isPresent();
    next.get().close();
  }

  @Test
  void aProcessThatIsKilledLeavesIt() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(other.getInputStream().read()).isEqualTo('h');
      AgentSeat seat = new AgentSeat(folder);
      assertThat(seat.take("this one")).isEmpty();
      assertThat(seat.holder()).contains("the other one");
      other.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
      assertThat(seat.take("this one")).isPresent();
    } finally {
      other.destroyForcibly();
    }
  }

  /** Takes the seat and keeps it. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      new AgentSeat(Path.of(args[0])).take("the other one").orElseThrow();
      System.out.print("h");
      System.out.flush();
      Thread.sleep(TimeUnit.HOURS.toMillis(1));
    }
  }
}
