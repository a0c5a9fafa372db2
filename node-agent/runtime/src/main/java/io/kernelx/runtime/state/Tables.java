// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.state;

import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.state.Meta.Kind;
import io.kernelx.runtime.state.Meta.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tables that people and scripts read, rebuilt whole from what is loaded: {@code scope_table}
 * (what is loaded), {@code cs_raw} and {@code ss_raw} (spans by function and offset), {@code cs}
 * and {@code ss} (spans by address), {@code runtime_state}. One line each, words parted by a tab,
 * names in the first line.
 */
public final class Tables {
  private final NodeFiles files;

  public Tables(NodeFiles files) {
    this.files = files;
  }

  /**
   * Writes every table.
   *
   * @param loaded what is loaded
   * @param metas by ConstID
   */
  public void write(List<LoadedTunable> loaded, Map<Integer, Meta> metas) throws IOException {
    List<String> scope = new ArrayList<>();
    List<String> state = new ArrayList<>();
    scope.add("id\tconstant\towner\trevision\tmode\tplan\tdefinition\tform\treason");
    state.add("id\tconstant\tstate\tactive\tvalue");
    for (LoadedTunable t : loaded) {
      scope.add(
          row(
              t.constId(),
              t.constant(),
              t.owner(),
              t.revision(),
              t.mode().text(),
              t.planDigest(),
              t.definitionDigest(),
              t.form().form().text(),
              t.form().reason()));
      state.add(row(t.constId(), t.constant(), t.state(), t.active(), t.observedValue()));
    }
    files.write("scope_table", scope);
    files.write("runtime_state", state);
    spans(metas, Kind.CS, "cs");
    spans(metas, Kind.SS, "ss");
  }

  private void spans(Map<Integer, Meta> metas, Kind kind, String table) throws IOException {
    List<String> raw = new ArrayList<>(List.of("id\tfunction\tstart\tend"));
    List<String> resolved = new ArrayList<>(List.of("id\tstart\tend"));
    new TreeMap<>(metas)
        .forEach(
            (id, meta) -> {
              for (Place p : meta.places(kind)) {
                raw.add(row(id, p.function(), hex(p.start()), hex(p.end())));
                resolved.add(row(id, hex(p.address()), hex(p.address() + p.end() - p.start())));
              }
            });
    files.write(table + "_raw", raw);
    files.write(table, resolved);
  }

  private static String row(Object... cells) {
    List<String> words = new ArrayList<>();
    for (Object cell : cells) {
      words.add(cell.toString());
    }
    return String.join("\t", words);
  }

  private static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }
}
