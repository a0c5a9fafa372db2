// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import java.util.List;
import java.util.Optional;

/** The kernel modules of this project, and which one each is linked against. */
public enum KernelModule {
  KFUNCS("xk-kfuncs", "kfuncs", null),
  CONSISTENCY("xk-consistency", "consistency", KFUNCS),
  /** Never loaded as it is: what the modules of plans are linked from. */
  NATIVE("xk_native_0000000000000000", "native", KFUNCS);

  private final String text;
  private final String folder;
  private final KernelModule base;

  KernelModule(String text, String folder, KernelModule base) {
    this.text = text;
    this.folder = folder;
    this.base = base;
  }

  /** Returns its name as people write it. */
  public String text() {
    return text;
  }

  /** Returns the name of its file. */
  public String file() {
    return text + ".ko";
  }

  /** Returns its name in sysfs and for {@code rmmod}. */
  public String loadedName() {
    return text.replace('-', '_');
  }

  /** Returns the name of the folder of its sources. */
  public String folder() {
    return folder;
  }

  /** Returns further words for make. */
  List<String> words() {
    // Only programs read types, of functions that they call; debug information is half of the work.
    return this == KFUNCS ? List.of() : List.of("CONFIG_DEBUG_INFO_BTF_MODULES=", "KCFLAGS=-g0");
  }

  /** Returns whether other modules are linked from this one's objects, which are then kept. */
  boolean isTemplate() {
    return this == NATIVE;
  }

  /** Returns the module whose symbols and headers it uses. */
  public Optional<KernelModule> base() {
    return Optional.ofNullable(base);
  }
}
