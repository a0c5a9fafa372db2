// SPDX-License-Identifier: Apache-2.0
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.kernel.CommandRunner;
import io.kernelx.sie.kernel.ConstantBuild;
import io.kernelx.sie.kernel.HostPaths;
import io.kernelx.sie.kernel.KernelLocator;
import io.kernelx.sie.kernel.KernelPreparer;
import io.kernelx.sie.kernel.KernelRequest;
import io.kernelx.sie.kernel.PreparedKernel;
import io.kernelx.sie.kernel.ProcessRunner;
import io.kernelx.sie.kernel.Progress;
import io.kernelx.sie.kernel.UnitCommand;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds a plan against what objdump shows of the objects at V1 and at one more value W, without the
 * planner's own decoder, comparison, symbols or proof.
 *
 * <ol>
 *   <li>Functions of the same instructions at W as at V1 are compared line by line. Every line that
 *       differs must be covered by a site's critical span or be the instruction that a site steps
 *       over; one in a function without a site is a use that the plan forgot.
 *   <li>Where a site writes a plain number at W, that number must stand in a line of W that differs
 *       there.
 *   <li>Where it writes an expression of registers at W, a number of that expression must stand
 *       there for the site to count as confirmed.
 *   <li>What cannot be judged so is counted: functions that have other instructions at W, or
 *       the same in other order, and expressions whose numbers are none of gcc's.
 * </ol>
 */
public final class PlanJudge {
  private static final Pattern FUNCTION = Pattern.compile("([0-9a-f]+) <([^>]+)>:");
  private static final Pattern LINE = Pattern.compile(" *([0-9a-f]+):\\t([^\\t#]+?)\\s*(#.*)?");
  private static final Pattern PADDING =
      Pattern.compile("((data16|cs) )*nop[wl]?( .*)?|xchg +%ax,%ax");
  private static final Pattern TARGET = Pattern.compile("[0-9a-f]+ <[^>]*>");
  private static final Pattern NUMBER = Pattern.compile("-?0x[0-9a-f]+");
  private static final Pattern LITERAL = Pattern.compile("\\b(0x[0-9a-f]+|\\d+)\\b");
  private static final Pattern CONSTANT = Pattern.compile("\\bV\\b");
  private static final Pattern SECTION = Pattern.compile("Disassembly of section (.*):");

  private final ObjectMapper json = new ObjectMapper();
  private final CommandRunner runner = new ProcessRunner();
  private final List<String> wrong = new ArrayList<>();
  private final List<String> unjudged = new ArrayList<>();
  private int confirmed;

  private record Line(int offset, String text) {}

  private record Site(
      int id, String function, String unit, int start, int end, int offset, int skip) {
    boolean covers(int place) {
      return place >= start && place < end || skip > 0 && place == offset;
    }
  }

  /**
   * Takes the answer of {@code xkernel-tool plan -o json} with W among its values, the definition,
   * the kernel's release, the cache, W, and a file for the commands that compile the units once;
   * any number of these six. Prints a verdict in a line for each.
   */
  public static void main(String[] words) throws IOException {
    for (int i = 0; i < words.length; i += 6) {
      new PlanJudge()
          .judge(
              Path.of(words[i]),
              Path.of(words[i + 1]),
              words[i + 2],
              Path.of(words[i + 3]),
              new BigInteger(words[i + 4]),
              Path.of(words[i + 5]));
    }
  }

  private void judge(
      Path answer, Path definitionFile, String release, Path cache, BigInteger w, Path commands)
      throws IOException {
    JsonNode plan = json.readTree(answer.toFile()).get("plan");
    Definition definition =
        DefinitionReader.read(Files.readString(definitionFile), definitionFile.toString());
    List<Path> roots = new ArrayList<>();
    try (Stream<Path> packages = Files.list(cache.resolve("debian"))) {
      packages.sorted().forEach(roots::add);
    }
    roots.add(Path.of("/"));
    Progress silent = Progress.silent();
    PreparedKernel kernel =
        new KernelPreparer(cache, runner, silent)
            .prepare(
                new KernelLocator(new HostPaths(roots, cache), runner, silent)
                    .locate(KernelRequest.of(release)));
    try (ConstantBuild build = ConstantBuild.open(kernel, definition, cache, runner, silent)) {
      writeCommands(kernel, build.units(), commands);
      List<Site> sites = sites(plan);
      Map<Integer, List<String>> writes = written(plan, w);
      for (ConstantBuild.UnitObjects unit : build.compile(List.of(w))) {
        compare(unit.unit().unit(), lines(unit.v1()), lines(unit.others().get(w)), sites, writes);
      }
    }
    System.out.println(
        json.writeValueAsString(
            Map.of(
                "value",
                w.toString(),
                "confirmed",
                confirmed,
                "wrong",
                wrong,
                "unjudged",
                unjudged)));
  }

  /** A script that compiles each unit once as the kernel's build does, less what debuggers need. */
  private static void writeCommands(PreparedKernel kernel, List<UnitCommand> units, Path file)
      throws IOException {
    StringBuilder script = new StringBuilder("cd " + quoted(kernel.build().toString()) + "\n");
    for (UnitCommand unit : units) {
      unit.arguments().forEach(a -> script.append(quoted(a)).append(' '));
      script.append("-g0 -c -o \"$1\" ");
      script.append(quoted(kernel.tree().resolve(unit.unit()).toString())).append('\n');
    }
    Files.writeString(file, script);
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static List<Site> sites(JsonNode plan) {
    List<Site> sites = new ArrayList<>();
    for (JsonNode s : plan.get("sites")) {
      sites.add(
          new Site(
              s.get("id").asInt(),
              s.get("function").asText(),
              s.get("unit").asText(),
              s.get("spanStart").asInt(),
              s.get("spanEnd").asInt(),
              s.get("offset").asInt(),
              s.get("skip").asInt()));
    }
    return sites;
  }

  /** Returns what sites write at a value, less what is the stepped-over instruction's own work. */
  private static Map<Integer, List<String>> written(JsonNode plan, BigInteger w) {
    Map<Integer, List<String>> writes = new LinkedHashMap<>();
    for (JsonNode value : plan.get("values")) {
      if (!value.get("value").asText().equals(w.toString())) {
        continue;
      }
      for (JsonNode site : value.get("sites")) {
        int id = site.get("site").asInt();
        List<String> all = new ArrayList<>();
        for (int k = 0; k < site.get("expressions").size(); k++) {
          String f = plan.get("sites").get(id).get("writes").get(k).get("expression").asText();
          if (CONSTANT.matcher(f).find()) {
            all.add(site.get("expressions").get(k).asText());
          }
        }
        writes.put(id, all);
      }
    }
    return writes;
  }

  /** Functions by section and name, as objdump shows them. */
  private Map<String, List<Line>> lines(Bytes object) throws IOException {
    Path file = Files.createTempFile("kernelx-judge", ".o");
    try {
      Files.write(file, object.toArray());
      CommandRunner.Result result =
          runner.run(
              new CommandRunner.Command(
                  List.of("objdump", "-dw", "--no-show-raw-insn", file.toString()),
                  Path.of("/"),
                  Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C"),
                  new byte[0],
                  Duration.ofMinutes(2)));
      Map<String, List<Line>> functions = new LinkedHashMap<>();
      String section = "";
      int begin = 0;
      List<Line> function = new ArrayList<>();
      for (String text : result.outputText().lines().toList()) {
        Matcher m = SECTION.matcher(text);
        if (m.matches()) {
          section = m.group(1);
          continue;
        }
        m = FUNCTION.matcher(text);
        if (m.matches()) {
          begin = Integer.parseInt(m.group(1), 16);
          function = functions.computeIfAbsent(section + " " + m.group(2), n -> new ArrayList<>());
          continue;
        }
        m = LINE.matcher(text);
        if (m.matches() && !PADDING.matcher(m.group(2)).matches()) {
          function.add(
              new Line(
                  Integer.parseInt(m.group(1), 16) - begin,
                  TARGET.matcher(m.group(2)).replaceAll("there")));
        }
      }
      return functions;
    } finally {
      Files.delete(file);
    }
  }

  private void compare(
      String unit,
      Map<String, List<Line>> v1,
      Map<String, List<Line>> w,
      List<Site> all,
      Map<Integer, List<String>> writes) {
    for (Map.Entry<String, List<Line>> each : v1.entrySet()) {
      String section = each.getKey().split(" ")[0];
      String name = each.getKey().split(" ")[1];
      List<Line> before = each.getValue();
      List<Line> after = w.getOrDefault(each.getKey(), List.of());
      List<Site> sites =
          all.stream().filter(s -> s.unit().equals(unit) && s.function().equals(name)).toList();
      if (section.startsWith(".init") || texts(before).equals(texts(after))) {
        continue;
      }
      if (!mnemonics(before).equals(mnemonics(after))) {
        (sites.isEmpty() ? wrong : unjudged)
            .add(
                "%s has other instructions at W, or in other order%s"
                    .formatted(name, sites.isEmpty() ? " and no site" : ""));
        continue;
      }
      compare(name, before, after, sites, writes);
    }
  }

  private static List<String> texts(List<Line> lines) {
    return lines.stream().map(Line::text).toList();
  }

  private static List<String> mnemonics(List<Line> lines) {
    return lines.stream().map(l -> l.text().split(" ")[0]).toList();
  }

  private void compare(
      String name,
      List<Line> before,
      List<Line> after,
      List<Site> sites,
      Map<Integer, List<String>> writes) {
    Map<Integer, String> differing = new LinkedHashMap<>();
    for (int i = 0; i < before.size(); i++) {
      if (!before.get(i).text().equals(after.get(i).text())) {
        int place = before.get(i).offset();
        differing.put(place, after.get(i).text());
        if (sites.stream().noneMatch(s -> s.covers(place))) {
          wrong.add(
              "%s+0x%x differs at W and no site covers it: %s"
                  .formatted(name, place, before.get(i).text()));
        }
      }
    }
    for (Site site : sites) {
      String there =
          differing.entrySet().stream()
              .filter(d -> site.covers(d.getKey()))
              .map(Map.Entry::getValue)
              .collect(Collectors.joining("; "));
      List<String> expressions = writes.getOrDefault(site.id(), List.of());
      boolean plain = expressions.stream().allMatch(e -> LITERAL.matcher(e).matches());
      if (there.isEmpty() || expressions.isEmpty()) {
        unjudged.add("%s, site %d: no line differs at W".formatted(name, site.id()));
      } else if (stand(expressions, there, plain)) {
        confirmed++;
      } else if (plain) {
        wrong.add(
            "%s, site %d writes %s, but gcc has %s".formatted(name, site.id(), expressions, there));
      } else {
        unjudged.add("%s, site %d: no number to look for".formatted(name, site.id()));
      }
    }
  }

  /** Whether all literals of the expressions stand in gcc's code, or any. */
  private static boolean stand(List<String> expressions, String code, boolean all) {
    List<BigInteger> literals =
        expressions.stream()
            .flatMap(e -> LITERAL.matcher(e).results())
            .map(m -> number(m.group()))
            .toList();
    return all
        ? literals.stream().allMatch(n -> stands(n, code))
        : literals.stream().filter(n -> n.bitLength() > 1).anyMatch(n -> stands(n, code));
  }

  private static BigInteger number(String text) {
    return text.contains("0x")
        ? new BigInteger(text.replace("0x", ""), 16)
        : new BigInteger(text);
  }

  private static boolean stands(BigInteger number, String code) {
    return NUMBER
        .matcher(code)
        .results()
        .map(m -> number(m.group()))
        .anyMatch(
            found ->
                Stream.of(8, 16, 32, 64)
                    .filter(bits -> number.bitLength() <= bits)
                    .anyMatch(bits -> low(found, bits).equals(low(number, bits))));
  }

  private static BigInteger low(BigInteger number, int bits) {
    return number.mod(BigInteger.ONE.shiftLeft(bits));
  }
}
