// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Bytes;
import java.util.Optional;

/** Reads what a variable of an object is initialised with. */
public final class InitialValue {
  private InitialValue() {}

  /**
   * Returns the first eight bytes of a variable as a signed number.
   *
   * @param file an ELF object
   * @param name the variable's symbol
   * @return empty if the object has no such variable of eight bytes, or an address stands in it
   * @throws MalformedObjectException if the bytes are no object
   */
  public static Optional<Long> read(Bytes file, String name) {
    ElfObject object = ElfReader.read(file);
    return object.symbols().stream()
        .filter(s -> s.name().equals(name) && s.section() > 0 && s.size() == 8)
        .findFirst()
        .filter(symbol -> !linked(object, symbol))
        .map(
            symbol -> {
              ElfSection section = object.sections().get(symbol.section());
              return section.content().length() == 0
                  ? 0L
                  : section.content().signed((int) symbol.value(), 8);
            });
  }

  private static boolean linked(ElfObject object, ElfSymbol symbol) {
    return object.relocationsOf(object.sections().get(symbol.section())).stream()
        .anyMatch(r -> symbol.value() - 8 < r.offset() && r.offset() < symbol.value() + 8);
  }
}
