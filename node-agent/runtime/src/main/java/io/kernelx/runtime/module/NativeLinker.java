// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.build.Digests;
import io.kernelx.runtime.build.ToolRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes native modules. kbuild needs seconds of a processor for a module, most of them for the
 * kernel's headers and for itself; so it is asked once per kernel, for a module with sites of no
 * use. A plan's module is that one with other sites: their file is compiled, and the module linked,
 * by the very commands that kbuild noted down, and gets its own name in place of the template's.
 */
final class NativeLinker {
  private static final String SITES = "xk_sites";
  private static final String TEMPLATE = KernelModule.NATIVE.text();
  private static final String PREFIX = TEMPLATE.substring(0, TEMPLATE.length() - 16);
  private static final Pattern COMMAND = Pattern.compile("(?m)^(?:saved)?cmd_\\S+ :=(.*)$");
  private static final long TIMEOUT_SECONDS = 300;

  private final ModuleBuilder builder;

  NativeLinker(ModuleBuilder builder) {
    this.builder = builder;
  }

  /** Returns what is missing for making one, a sentence that names the mend, if anything is. */
  Optional<String> missing(KernelFacts facts) {
    return builder.missing(KernelModule.NATIVE, facts);
  }

  /**
   * Returns the module of some sites, making it if it is not kept.
   *
   * @param sites the C text of {@code xk_sites.c}
   * @throws RuntimeRefusedException if it cannot be made
   */
  Path build(String sites, KernelFacts facts) throws RuntimeRefusedException {
    Path template = builder.build(KernelModule.NATIVE, facts);
    String name = PREFIX + new Digests().with(sites).name();
    Path kept = template.resolveSibling(name + ".ko");
    if (Files.exists(kept)) {
      return kept;
    }
    Path work = template.resolveSibling("." + name);
    try {
      Folders.delete(work);
      Files.createDirectory(work);
      try {
        Path made = make(template, work, sites, facts, kept.resolveSibling(name + ".log"));
        Files.write(made, named(Files.readAllBytes(made), name));
        Files.move(made, kept, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Folders.delete(work);
      }
      return kept;
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.MODULE_BUILD_FAILED, name + " cannot be made: " + e.getMessage() + ".", e);
    }
  }

  private Path make(Path template, Path work, String sites, KernelFacts facts, Path log)
      throws IOException, RuntimeRefusedException {
    Path parts = template.resolveSibling(ModuleBuilder.PARTS);
    for (KernelModule part : List.of(KernelModule.KFUNCS, KernelModule.NATIVE)) {
      Folders.copy(parts.resolve(part.folder()), work.resolve(part.folder()));
    }
    Path folder = work.resolve(KernelModule.NATIVE.folder());
    Files.writeString(folder.resolve(SITES + ".c"), sites);
    String then = template.resolveSibling(ModuleBuilder.WORK) + "/";
    // The list of the objects to link.
    Path list = folder.resolve(TEMPLATE + ".mod");
    Files.writeString(list, Files.readString(list).replace(then, work + "/"));
    List<String> script = new ArrayList<>();
    // kbuild's own for its tools.
    script.add("export ARCH=x86 SRCARCH=x86");
    for (String target : List.of(SITES + ".o", TEMPLATE + ".o", TEMPLATE + ".ko")) {
      script.add(command(folder.resolve("." + target + ".cmd")).replace(then, work + "/"));
    }
    ToolRun run =
        ToolRun.of(
            builder.headers(facts),
            log,
            TIMEOUT_SECONDS,
            List.of("sh", "-e", "-c", String.join("\n", script)));
    if (run.exitCode() != 0) {
      throw new RuntimeRefusedException(
          Reason.MODULE_BUILD_FAILED,
          "A native module cannot be made for Linux "
              + facts.release()
              + ": "
              + run.complaint()
              + " (the whole log: "
              + log
              + ").");
    }
    return folder.resolve(TEMPLATE + ".ko");
  }

  private static String command(Path noted) throws IOException {
    Matcher matcher = COMMAND.matcher(Files.readString(noted));
    if (!matcher.find()) {
      throw new IOException(noted + " holds no command");
    }
    return matcher.group(1).strip();
  }

  /** The kernel knows a module by its name, which stands in the file at a few places. */
  private static byte[] named(byte[] module, String name) {
    return new String(module, StandardCharsets.ISO_8859_1)
        .replace(TEMPLATE, name)
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
