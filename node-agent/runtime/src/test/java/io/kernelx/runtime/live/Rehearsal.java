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
 * can take notes about, and has them noted in a start on this machine. Notes are kept for as long
 * as the classes stay the same.
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
    String classes = fingerprint();
    Path about = folder.resolve("classes");
    boolean kept = Files.exists(about) && Files.readString(about).equals(classes);
    if (!kept) {
      Files.deleteIfExists(about);
    }
    List<String> options =
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            String.join(File.pathSeparator, jars(kept)));
    Path notes = folder.resolve("start.aot");
    if (!kept) {
      rehearse(options, notes, plan);
      Files.writeString(about, classes);
    }
    List<String> all = new ArrayList<>(List.of("-XX:AOTCache=" + notes));
    all.addAll(options);
    return all;
  }

  private void rehearse(List<String> options, Path notes, Path plan)
      throws IOException, InterruptedException {
    Files.deleteIfExists(notes);
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
  }

  private static List<String> classPath() {
    String property =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return List.of(property.split(File.pathSeparator));
  }

  /** What tells whether any class is another one: files, their sizes and times. */
  private String fingerprint() throws IOException {
    StringBuilder text = new StringBuilder(System.getProperty("java.home")).append('\n');
    for (String entry : classPath()) {
      if (!Files.exists(Path.of(entry))) {
        continue;
      }
      try (Stream<Path> files = Files.walk(Path.of(entry))) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          text.append(file).append(' ').append(Files.size(file)).append(' ');
          text.append(Files.getLastModifiedTime(file)).append('\n');
        }
      }
    }
    return text.toString();
  }

  private List<String> jars(boolean kept) throws IOException {
    List<String> jars = new ArrayList<>();
    for (String entry : classPath()) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        Path jar = folder.resolve(jars.size() + ".jar");
        jars.add((kept ? jar : packed(path, jar)).toString());
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
