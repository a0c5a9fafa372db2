// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the Java mirror of the module's interface, and the stubs' header, against xk_abi.h. */
class XkAbiTest {
  private static final Map<String, Integer> SIZES = Map.of("__u8", 1, "__u32", 4, "__u64", 8);

  private static String source(String name) throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve(name))) {
      folder = folder.getParent();
    }
    return Files.readString(folder.resolve(name)).replaceAll("(?s)/\\*.*?\\*/", "");
  }

  private static String header() throws IOException {
    return source("kernel/kfuncs/xk_abi.h");
  }

  /** Fields as {@code name:size}, arrays as their whole size. */
  private static List<String> fields(String struct) throws IOException {
    Matcher body =
        Pattern.compile("struct " + struct + " \\{(.*?)\\};", Pattern.DOTALL).matcher(header());
    assertThat(body.find()).as(struct).isTrue();
    Matcher field = Pattern.compile("(__u\\d+) (\\w+)(?:\\[(\\d+)])?;").matcher(body.group(1));
    List<String> fields = new ArrayList<>();
    while (field.find()) {
      int count = field.group(3) == null ? 1 : Integer.parseInt(field.group(3));
      fields.add(field.group(2) + ":" + SIZES.get(field.group(1)) * count);
    }
    return fields;
  }

  private static List<String> fields(StructLayout layout) {
    return layout.memberLayouts().stream()
        .map((MemoryLayout m) -> m.name().orElseThrow() + ":" + m.byteSize())
        .toList();
  }

  @Test
  void structsHaveTheHeadersFields() throws IOException {
    assertThat(fields(XkAbi.VERSION_STRUCT)).isEqualTo(fields("xk_version"));
    assertThat(fields(XkAbi.CREATE)).isEqualTo(fields("xk_create"));
    assertThat(fields(XkAbi.FLIP)).isEqualTo(fields("xk_flip"));
    assertThat(fields(XkAbi.DESTROY)).isEqualTo(fields("xk_destroy"));
    assertThat(fields(XkAbi.READ)).isEqualTo(fields("xk_read"));
    assertThat(fields(XkAbi.ATTACH)).isEqualTo(fields("xk_attach"));
    assertThat(fields(XkAbi.PROBES)).isEqualTo(fields("xk_probes"));
    Map<String, Integer> site =
        Map.of(
            "addr", 0,
            "widths", XkAbi.SITE_WIDTHS,
            "skip", XkAbi.SITE_SKIP,
            "mem_access", XkAbi.SITE_MEM_ACCESS,
            "mem_width", XkAbi.SITE_MEM_WIDTH,
            "mem_base", XkAbi.SITE_MEM_BASE,
            "mem_index", XkAbi.SITE_MEM_INDEX,
            "mem_scale", XkAbi.SITE_MEM_SCALE,
            "reserved", 38,
            "mem_disp", XkAbi.SITE_MEM_DISP);
    int at = 0;
    for (String field : fields("xk_site")) {
      assertThat(site).containsEntry(field.split(":")[0], at);
      at += Integer.parseInt(field.split(":")[1]);
    }
    assertThat(XkAbi.SITE_SIZE).isEqualTo(at);
    assertThat(header())
        .containsPattern("XK_MEM_READ\\s+0x0" + XkAbi.MEM_READ + "\n")
        .containsPattern("XK_MEM_WRITE\\s+0x0" + XkAbi.MEM_WRITE + "\n");
  }

  @Test
  void requestsHaveTheHeadersNumbers() throws IOException {
    for (XkAbi.Request request : XkAbi.Request.values()) {
      Matcher number =
          Pattern.compile(
                  "#define XK_IOC_" + request + "\\s+_IOWR\\('x', (0x\\w+), struct (\\w+)\\)")
              .matcher(header());
      assertThat(number.find()).as(request.name()).isTrue();
      long size =
          fields(number.group(2)).stream().mapToLong(f -> Long.parseLong(f.split(":")[1])).sum();
      assertThat(request.code())
          .isEqualTo(3L << 30 | size << 16 | 0x78 << 8 | Integer.decode(number.group(1)));
    }
    assertThat(header()).containsPattern("XK_ABI_VERSION\\s+" + XkAbi.VERSION + "\n");
  }

  private static List<String> registers(String text) {
    Matcher body = Pattern.compile("enum xk_reg \\{(.*?)\\};", Pattern.DOTALL).matcher(text);
    assertThat(body.find()).isTrue();
    return Pattern.compile("XK_REG_([a-z]\\w*)")
        .matcher(body.group(1))
        .results()
        .map(r -> r.group(1))
        .toList();
  }

  @Test
  void registersHaveTheHeadersNumbers() throws IOException {
    assertThat(registers(header())).isEqualTo(XkAbi.REGISTERS);
    assertThat(registers(source("bpf/xk.bpf.h"))).isEqualTo(XkAbi.REGISTERS);
  }

  @Test
  void widthsHaveTheHeadersBits() throws IOException {
    for (int width : new int[] {8, 16, 32, 64}) {
      assertThat(header())
          .containsPattern("XK_WIDTH_" + width + "\\s+0x0" + XkAbi.widthBit(width) + "\n");
    }
  }
}
