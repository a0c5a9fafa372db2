// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.runtime.Manner;
import io.kernelx.runtime.TransitionReport;
import java.io.IOException;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the Java mirror of the engine's interface against xk_transition_abi.h. */
class TransitionAbiTest {
  private static final Map<String, Integer> SIZES = Map.of("char", 1, "__u32", 4, "__u64", 8);

  private static String header() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("kernel/consistency"))) {
      folder = folder.getParent();
    }
    return Files.readString(folder.resolve("kernel/consistency/xk_transition_abi.h"))
        .replaceAll("(?s)/\\*.*?\\*/", "");
  }

  private static String body(String what) throws IOException {
    Matcher body = Pattern.compile(what + " \\{(.*?)\\};", Pattern.DOTALL).matcher(header());
    assertThat(body.find()).as(what).isTrue();
    return body.group(1);
  }

  private static List<String> fields(String struct) throws IOException {
    return Pattern.compile("(__u\\d+|char) (\\w+)(?:\\[(\\d+)])?;")
        .matcher(body("struct " + struct))
        .results()
        .map(
            f ->
                f.group(2)
                    + ":"
                    + SIZES.get(f.group(1))
                        * (f.group(3) == null ? 1 : Integer.parseInt(f.group(3))))
        .toList();
  }

  private static List<String> fields(StructLayout layout) {
    return layout.memberLayouts().stream()
        .map(m -> m.name().orElseThrow() + ":" + m.byteSize())
        .toList();
  }

  private static List<String> names(String enumeration, String prefix) throws IOException {
    return Pattern.compile(prefix + "(\\w+)")
        .matcher(body("enum " + enumeration))
        .results()
        .map(r -> r.group(1))
        .toList();
  }

  private static List<String> names(Enum<?>[] values) {
    return Stream.of(values).map(Enum::name).toList();
  }

  @Test
  void structsHaveTheHeadersFields() throws IOException {
    assertThat(fields(TransitionAbi.VERSION_STRUCT)).isEqualTo(fields("xk_transition_version"));
    assertThat(fields(TransitionAbi.START)).isEqualTo(fields("xk_start"));
    assertThat(fields(TransitionAbi.STATUS)).isEqualTo(fields("xk_status"));
    assertThat(fields("xk_span")).containsExactly("start:8", "end:8");
    assertThat(fields("xk_blocker"))
        .containsExactly("tid:4", "reserved:4", "address:8", "comm:16", "symbol:64");
    assertThat(TransitionAbi.SPAN_SIZE).isEqualTo(16);
    assertThat(TransitionAbi.BLOCKER_SIZE).isEqualTo(96);
    assertThat(TransitionAbi.BLOCKER_COMM).isEqualTo(16);
    assertThat(TransitionAbi.BLOCKER_SYMBOL).isEqualTo(32);
  }

  @Test
  void requestsHaveTheHeadersNumbers() throws IOException {
    for (TransitionAbi.Request request : TransitionAbi.Request.values()) {
      Matcher number =
          Pattern.compile("#define XK_TIOC_" + request + "\\s+_IOWR\\('x', (0x\\w+),")
              .matcher(header());
      assertThat(number.find()).as(request.name()).isTrue();
      assertThat(request.code() & 0xff).isEqualTo((long) Integer.decode(number.group(1)));
    }
    assertThat(header())
        .containsPattern("XK_TRANSITION_ABI_VERSION\\s+" + TransitionAbi.VERSION + "\n")
        .containsPattern("XK_BLOCKERS_MAX\\s+" + TransitionAbi.BLOCKERS_MAX + "\n")
        .contains("\"" + TransitionAbi.DEVICE + "\"");
  }

  @Test
  void enumerationsHaveTheHeadersOrder() throws IOException {
    assertThat(names(TransitionReport.State.values()))
        .isEqualTo(names("xk_transition_state", "XK_TRANSITION_"));
    assertThat(names(TransitionReport.Reason.values()))
        .isEqualTo(names("xk_transition_reason", "XK_REASON_"));
    assertThat(names(Manner.OnStall.values())).isEqualTo(names("xk_stall", "XK_STALL_"));
  }
}
