// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.definition.CExpression;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.definition.DefinitionException;
import io.kernelx.sie.definition.SourceChoice;
import io.kernelx.sie.definition.ValueChoice;
import io.kernelx.sie.kernel.UnitTexts.Preprocessed;
import io.kernelx.sie.object.InitialValue;
import io.kernelx.sie.plan.Refusal.Reason;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

/**
 * One constant on one kernel: which units use it, and what they compile to at any value.
 * Thread-safe.
 */
public final class ConstantBuild implements AutoCloseable {
  /** The variable that stands in the constant's place in the opaque form. */
  public static final String OPAQUE = "kernelx_opaque";

  private final PreparedKernel kernel;
  private final UnitCompiler compiler;
  private final ParallelTasks tasks;
  private final Progress progress;
  private final Map<String, Future<Bytes>> objects = new ConcurrentHashMap<>();
  private final ResolvedConstant constant;
  private final List<UnitText> units;
  private final BigInteger original;
  private final List<BigInteger> samples;

  private ConstantBuild(
      PreparedKernel kernel,
      UnitCompiler compiler,
      ParallelTasks tasks,
      Progress progress,
      ResolvedConstant constant,
      List<UnitText> units,
      Definition definition) {
    this.kernel = kernel;
    this.compiler = compiler;
    this.tasks = tasks;
    this.progress = progress;
    this.constant = constant;
    this.units = List.copyOf(units);
    this.original = evaluate(CExpression.ofSource(constant.original()), constant.original());
    List<BigInteger> given = definition.sourceFor(kernel.identity().release()).values();
    if (!given.isEmpty() && !given.get(0).equals(original)) {
      throw new RefusedException(
          Reason.NOT_IN_THIS_KERNEL,
          "%s is %s in kernel %s, but the definition is made for %s; add a [[variants]] entry for it"
              .formatted(
                  definition.constant(), original, kernel.identity().release(), given.get(0)));
    }
    List<BigInteger> chosen = new ArrayList<>();
    chosen.addAll(given.isEmpty() ? List.of() : given.subList(1, given.size()));
    ValueChoice.candidates(original, definition.range()).stream()
        .filter(v -> !chosen.contains(v))
        .forEach(chosen::add);
    this.samples = List.copyOf(chosen);
  }

  /**
   * Finds the constant in the kernel's source, and every unit that it reaches.
   *
   * @param cache where objects are kept
   * @throws RefusedException {@code NotInThisKernel} and others
   * @throws DefinitionException if the definition does not fit the source
   */
  public static ConstantBuild open(
      PreparedKernel kernel,
      Definition definition,
      Path cache,
      CommandRunner runner,
      Progress progress) {
    ParallelTasks tasks = new ParallelTasks(Runtime.getRuntime().availableProcessors());
    try {
      return open(kernel, definition, cache, runner, progress, tasks);
    } catch (RuntimeException e) {
      tasks.close();
      throw e;
    }
  }

  private static ConstantBuild open(
      PreparedKernel kernel,
      Definition definition,
      Path cache,
      CommandRunner runner,
      Progress progress,
      ParallelTasks tasks) {
    SourceChoice choice = definition.sourceFor(kernel.identity().release());
    SourceTree tree = new SourceTree(kernel.tree());
    TreeSearch search = new TreeSearch(kernel, runner);
    Kbuild kbuild = new Kbuild(kernel, runner);
    UnitCompiler compiler = new UnitCompiler(kernel, cache.resolve("objects"), runner);
    progress.begins("looking for the uses of " + definition.constant());
    ResolvedConstant constant =
        new EditResolver(tree, search, kernel.identity().release()).resolve(choice.replacement());
    List<UnitText> units =
        new UnitTexts(cache.resolve("constants"))
                .get(
                    kernel,
                    definition.digest(),
                    () ->
                        preprocess(
                            tasks,
                            compiler,
                            new GeneratedSources(kernel, kbuild, runner),
                            new AffectedUnits(tree, search, kbuild).of(constant)))
                .stream()
                .flatMap(
                    p ->
                        VariantText.of(p.text(), kernel.tree(), constant.edit())
                            .map(text -> new UnitText(p.unit(), text, p.digest()))
                            .stream())
                .toList();
    if (units.isEmpty()) {
      throw new RefusedException(
          Reason.NOT_IN_THIS_KERNEL,
          "the configuration of kernel %s leaves out the code of %s that holds %s"
              .formatted(
                  kernel.identity().release(), constant.edit().file(), definition.constant()));
    }
    return new ConstantBuild(kernel, compiler, tasks, progress, constant, units, definition);
  }

  private static List<Preprocessed> preprocess(
      ParallelTasks tasks,
      UnitCompiler compiler,
      GeneratedSources generated,
      List<UnitCommand> units) {
    return tasks.all(
        units.stream()
            .map(u -> (Callable<Preprocessed>) () -> text(compiler, generated, u))
            .toList());
  }

  private static Preprocessed text(
      UnitCompiler compiler, GeneratedSources generated, UnitCommand unit) {
    return Preprocessed.of(unit, compiler.preprocess(unit, generated));
  }

  /** Returns V1: the value that the kernel was compiled with. */
  public BigInteger original() {
    return original;
  }

  /** Returns the units, by name. */
  public List<UnitCommand> units() {
    return units.stream().map(UnitText::unit).toList();
  }

  /**
   * Returns values to compare V1 with: V2 and V3 first, then others to take their place when they
   * show too little.
   */
  public List<BigInteger> samples() {
    return samples;
  }

  /**
   * Evaluates an expression as the kernel's compiler does, where the constant is used.
   *
   * @throws RefusedException {@code CompilationFailed} if it is no constant there
   */
  public BigInteger evaluate(CExpression expression, String text) {
    Optional<BigInteger> value = expression.constant();
    if (value.isPresent()) {
      return value.get();
    }
    UnitText unit = units.getFirst();
    return InitialValue.read(
            compiler.compile(unit.unit(), unit.text().text() + asked(text)), "kernelx_value")
        .map(BigInteger::valueOf)
        .orElseThrow(
            () ->
                new RefusedException(
                    Reason.COMPILATION_FAILED, "\"%s\" has no constant value".formatted(text)));
  }

  /**
   * Returns code whose object holds the number. It stands in a function: macros such as {@code
   * max()} work only there, and inline functions are folded there.
   */
  private static String asked(String text) {
    return """

    static void __attribute__((used)) kernelx_asked(void)
    {
    asm volatile (".pushsection .rodata.kernelx,\\"a\\"\\n"
    ".type kernelx_value,@object\\n"
    "kernelx_value: .quad %%c0\\n"
    ".size kernelx_value,8\\n"
    ".popsection" : : "i" ((long long)(%s)));
    }
    """
        .formatted(text);
  }

  /**
   * A unit compiled at several values.
   *
   * @param unit the unit
   * @param v1 the object as the kernel has it
   * @param others the objects at other values
   */
  public record UnitObjects(UnitCommand unit, Bytes v1, Map<BigInteger, Bytes> others) {}

  /**
   * Compiles every unit as it is and at other values, in parallel; what was compiled before is not
   * compiled again.
   *
   * @throws RefusedException {@code CompilationFailed}
   */
  public List<UnitObjects> compile(List<BigInteger> values) {
    expect(values);
    List<UnitObjects> result = new ArrayList<>();
    for (UnitText unit : units) {
      Map<BigInteger, Bytes> others = new TreeMap<>();
      for (BigInteger value : values) {
        others.put(value, ParallelTasks.result(at(unit, value)));
      }
      result.add(new UnitObjects(unit.unit(), ParallelTasks.result(asItIs(unit)), others));
    }
    return result;
  }

  /** Begins to compile every unit as it is and at other values; does not wait. */
  public void expect(List<BigInteger> values) {
    for (UnitText unit : units) {
      asItIs(unit);
      values.forEach(v -> at(unit, v));
    }
  }

  private Future<Bytes> asItIs(UnitText unit) {
    return started(
        unit, "as it is", () -> compiler.compile(unit.unit(), unit.digest(), unit.text()::text));
  }

  private Future<Bytes> at(UnitText unit, BigInteger value) {
    return started(unit, value.toString(), () -> variant(unit, constant.edit().literal(value), ""));
  }

  private Future<Bytes> started(UnitText unit, String what, Callable<Bytes> task) {
    return objects.computeIfAbsent(
        unit.unit().unit() + " " + what,
        name -> {
          progress.begins("compiling " + name);
          return tasks.start(task);
        });
  }

  private Bytes variant(UnitText unit, String value, String head) {
    return compiler.compile(
        unit.unit(),
        Digests.ofTexts(unit.digest(), unit.text().cuts().toString(), value, head),
        () -> head + unit.text().with(value));
  }

  /**
   * Compiles every unit with a variable that the compiler knows nothing about in the constant's
   * place.
   *
   * @throws RefusedException {@code CompilationFailed}, as where C wants a constant
   */
  public List<Bytes> opaque() {
    return expectOpaque().stream().map(ParallelTasks::result).toList();
  }

  /** Begins to compile what {@link #opaque} returns; does not wait. */
  public List<Future<Bytes>> expectOpaque() {
    String head = "extern const " + opaqueType().c() + " " + OPAQUE + ";\n";
    return units.stream()
        .map(u -> started(u, "with a variable", () -> variant(u, OPAQUE, head)))
        .toList();
  }

  /** Returns the C type that literals of the constant have. */
  public OpaqueType opaqueType() {
    String suffix = constant.edit().suffix().toLowerCase(java.util.Locale.ROOT);
    return OpaqueType.of(suffix.contains("u"), suffix.contains("l"));
  }

  /** Waits for what is being compiled; nothing new is begun. */
  @Override
  public void close() {
    tasks.close();
  }
}
