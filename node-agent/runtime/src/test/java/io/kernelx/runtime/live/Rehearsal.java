// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Makes {@link GuestMain} start quickly in an emulated machine, where loading a class costs fifteen
 * times what it costs here: packs the tests' classes into jars, which is what the virtual machine
 * can take notes about, and has them noted in a start on this machine.
 *
 * @param folder where jars and notes go
 * @param sources the checkout
 */
record Rehearsal(Path folder, Path sources) {

  /**
   * Rehearses with a plan and returns what goes before the main class on a command line.
   *
   * @throws IllegalStateException if the rehearsed start fails
   */
  List<String> with(Path plan) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<String> options =
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            String.join(File.pathSeparator, jars()));
    Path notes = folder.resolve("start.aot");
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:AOTCacheOutput=" + notes);
    command.addAll(options);
    command.addAll(List.of(GuestMain.class.getName(), sources.toString(), folder.toString()));
    command.addAll(List.of("rehearse", plan.toString()));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (process.waitFor() != 0 || !Files.exists(notes)) {
      throw new IllegalStateException("the rehearsal failed: " + Files.readString(log));
    }
    List<String> all = new ArrayList<>(List.of("-XX:AOTCache=" + notes));
    all.addAll(options);
    return all;
  }

  private List<String> jars() throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> jars = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        jars.add(packed(path, folder.resolve(jars.size() + ".jar")).toString());
      } else if (Files.exists(path)) {
        jars.add(entry);
      }
    }
    return jars;
  }

  private static Path packed(Path classes, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
    return jar;
  }
}
