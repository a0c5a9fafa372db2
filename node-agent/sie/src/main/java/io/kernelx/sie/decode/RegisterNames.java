// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Every register name of 64-bit code and the view that it stands for. */
final class RegisterNames {
  private final Map<String, RegisterView> views = new HashMap<>();

  RegisterNames() {
    for (Register register : Register.values()) {
      if (register.isGeneralPurpose()) {
        generalPurpose(register);
      } else if (register != Register.OTHER) {
        add(register, register.width(), false, register.name().toLowerCase(Locale.ROOT));
      }
    }
    add(Register.RIP, 32, false, "eip");
    add(Register.RIP, 16, false, "ip");
    add(Register.RFLAGS, 32, false, "eflags");
    add(Register.RFLAGS, 16, false, "flags");
  }

  private void generalPurpose(Register register) {
    String name = register.name().toLowerCase(Locale.ROOT);
    add(register, 64, false, name);
    if (register.ordinal() >= Register.R8.ordinal()) {
      add(register, 32, false, name + "d");
      add(register, 16, false, name + "w");
      add(register, 8, false, name + "b");
      return;
    }
    String word = name.substring(1);
    add(register, 32, false, "e" + word);
    add(register, 16, false, word);
    if (word.endsWith("x")) {
      add(register, 8, false, word.charAt(0) + "l");
      add(register, 8, true, word.charAt(0) + "h");
    } else {
      add(register, 8, false, word + "l");
    }
  }

  private void add(Register container, int width, boolean high, String name) {
    views.put(name, new RegisterView(container, width, high, name));
  }

  /** Returns the view of that name, of {@link Register#OTHER} if the register is not modelled. */
  RegisterView view(String name, int width) {
    RegisterView view = views.get(name);
    return view != null ? view : new RegisterView(Register.OTHER, width, false, name);
  }
}
