// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.Form;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.TransitionWatch;
import io.kernelx.sie.codegen.StubSource;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.TunablePlan;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The runtime as a process of its own in a guest: {@code SOURCES CACHE [--kill STEP:N] COMMAND
 * [then ...]}, where a command is {@code facts}, {@code loaded}, {@code apply PLAN VALUE OWNER
 * REVISION [FORM]}, {@code revert OWNER CONSTANT}, {@code abuse} or {@code sh SCRIPT}, which spares
 * a look from outside another process's start. What came of each is printed.
 *
 * <p>{@code SOURCES CACHE rehearse PLAN} touches nothing of the machine: it only has the virtual
 * machine note the classes that the commands need.
 */
public final class GuestMain {
  private GuestMain() {}

  /** Runs the commands, parted by {@code then}, until one is refused. */
  public static void main(String[] args) throws Exception {
    int at = 2;
    Killer killer = new Killer();
    NodeRuntime runtime =
        LiveNodeRuntime.of(
            RuntimePaths.standard(Path.of(args[0]), Path.of(args[1])), GuestMain::stub, killer);
    while (at < args.length) {
      if (args[at].equals("--kill")) {
        killer.arm(args[at + 1]);
        at += 2;
      }
      int end = at;
      while (end < args.length && !args[end].equals("then")) {
        end++;
      }
      String[] command = Arrays.copyOfRange(args, at, end);
      long start = System.nanoTime();
      try {
        run(runtime, command);
      } catch (RuntimeRefusedException e) {
        System.out.println("REFUSED " + e.reason().text() + ": " + e.getMessage());
        for (Throwable also : e.getSuppressed()) {
          System.out.println("ALSO " + also.getMessage());
        }
      } finally {
        System.out.printf("SECONDS %s %.1f%n", command[0], (System.nanoTime() - start) / 1e9);
      }
      at = end + 1;
    }
  }

  private static void run(NodeRuntime runtime, String[] command)
      throws RuntimeRefusedException, IOException, InvalidPlanException, InterruptedException {
    switch (command[0]) {
      case "facts" -> System.out.println(runtime.facts());
      case "loaded" -> {
        List<LoadedTunable> loaded = runtime.loaded();
        System.out.println("COUNT " + loaded.size());
        loaded.forEach(GuestMain::print);
      }
      case "apply" -> {
        TunablePlan plan = PlanJson.read(Files.readString(Path.of(command[1])));
        long revision = Long.parseLong(command[4]);
        Optional<Form> form =
            command.length > 5 ? Optional.of(Form.of(command[5])) : Optional.empty();
        Manner manner = Manner.of(Mode.IMMEDIATE);
        print(
            runtime.apply(
                new ApplyRequest(
                    plan, command[2], command[3], manner, revision, TransitionWatch.NONE, form)));
      }
      case "revert" -> {
        runtime.revert(command[1], command[2]);
        System.out.println("REVERTED " + command[2]);
      }
      case "sh" -> shell(command[1]);
      case "rehearse" -> rehearse(Path.of(command[1]));
      case "abuse" -> new DeviceAbuse(Path.of("/dev/xkernel")).run(System.out::println);
      default -> throw new IllegalArgumentException(command[0]);
    }
  }

  private static void shell(String script) throws IOException, InterruptedException {
    System.out.flush();
    new ProcessBuilder("bash", "-c", script).inheritIO().start().waitFor();
  }

  private static void rehearse(Path plan) throws IOException, InvalidPlanException {
    TunablePlan read = PlanJson.read(Files.readString(plan));
    StubSource.generate(read);
    PlanJson.write(read);
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      try (JarFile jar = new JarFile(entry)) {
        for (JarEntry file : Collections.list(jar.entries())) {
          String name = file.getName();
          if (name.startsWith("io/kernelx/runtime/") && name.endsWith(".class")) {
            Class.forName(name.substring(0, name.length() - 6).replace('/', '.'));
          }
        }
      } catch (ClassNotFoundException | NoClassDefFoundError e) {
        throw new IllegalStateException(entry, e);
      }
    }
  }

  private static void print(LoadedTunable t) {
    System.out.printf(
        "LOADED %s id=%d owner=%s value=%s revision=%d state=%s active=%s hits=%d applied=%d"
            + " denied=%d missed=%d text=%s form=%s (%s) %s%n",
        t.constant(),
        t.constId(),
        t.owner(),
        t.observedValue(),
        t.revision(),
        t.state(),
        t.active(),
        t.hits(),
        t.applied(),
        t.denied(),
        t.missed(),
        t.text(),
        t.form().form().text(),
        t.form().reason(),
        t.message());
  }

  /** A stub of the tests' own if there is one of that name, else the generated one. */
  private static String stub(TunablePlan plan) throws InvalidPlanException {
    String name = "/stubs/" + plan.constant() + ".bpf.c";
    try (InputStream text = GuestMain.class.getResourceAsStream(name)) {
      return text == null
          ? StubSource.generate(plan)
          : new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process, without a chance to clean up, at the n-th occurrence of a step. */
  private static final class Killer implements Step.Observer {
    private Step step;
    private int left;

    void arm(String point) {
      String[] parts = point.split(":");
      step = Step.valueOf(parts[0]);
      left = Integer.parseInt(parts[1]);
    }

    @Override
    public void done(Step done) {
      if (done == step && --left == 0) {
        try {
          // The shell's own kill: not every machine has another.
          new ProcessBuilder("sh", "-c", "kill -9 " + ProcessHandle.current().pid())
              .start()
              .waitFor();
          Thread.sleep(60_000);
        } catch (IOException | InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
