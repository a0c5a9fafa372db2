// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.DefinitionException;
import io.kernelx.sie.kernel.CommandRunner;
import io.kernelx.sie.kernel.ConstantBuild;
import io.kernelx.sie.kernel.HostPaths;
import io.kernelx.sie.kernel.KernelLocator;
import io.kernelx.sie.kernel.KernelPreparer;
import io.kernelx.sie.kernel.LocatedKernel;
import io.kernelx.sie.kernel.OpaqueType;
import io.kernelx.sie.kernel.PreparedKernel;
import io.kernelx.sie.kernel.Progress;
import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.MalformedObjectException;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.symbolic.Solver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The SIE compiler: makes a plan for a constant on a kernel, without root, cluster or running
 * kernel. Safe for any number of threads.
 */
public final class SieCompiler {

  /** The planner's version: plans of two versions are never taken for each other. */
  public static final String VERSION = version();

  private static String version() {
    try (InputStream in = SieCompiler.class.getResourceAsStream("planner.version")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final Duration SOLVER_LIMIT = Duration.ofSeconds(10);

  private final HostPaths paths;
  private final CommandRunner runner;
  private final Progress progress;
  private final Clock clock;
  private final Decoder decoder;

  /**
   * @param paths where kernels are looked for, and the cache
   * @param runner runs make and the compiler
   * @param progress told what takes long
   * @param clock times the stages
   * @param decoder decodes machine code
   */
  public SieCompiler(
      HostPaths paths, CommandRunner runner, Progress progress, Clock clock, Decoder decoder) {
    this.paths = paths;
    this.runner = runner;
    this.progress = progress;
    this.clock = clock;
    this.decoder = decoder;
  }

  /**
   * Plans a constant.
   *
   * @return a plan with every value that was proved, or the refusal; whatever is wrong with the
   *     definition, the kernel or the code is a refusal, never an exception
   */
  public PlanOutcome plan(PlanRequest request) {
    Stages stages = new Stages(clock);
    List<String> units = new java.util.ArrayList<>();
    try {
      LocatedKernel located =
          stages.time(
              "locate", () -> new KernelLocator(paths, runner, progress).locate(request.kernel()));
      PreparedKernel prepared =
          stages.time(
              "prepare",
              () -> new KernelPreparer(paths.cache(), runner, progress).prepare(located));
      ConstantBuild build =
          stages.time(
              "units",
              () ->
                  ConstantBuild.open(
                      prepared, request.definition(), paths.cache(), runner, progress));
      try (build) {
        build.units().forEach(u -> units.add(u.unit()));
        RequestedValues values = RequestedValues.of(request.values(), build::evaluate);
        ConstantPlanner.Result result =
            new ConstantPlanner(decoder, new Solver(SOLVER_LIMIT), stages)
                .plan(
                    request.definition(), prepared.identity(), new Built(build), values.distinct());
        return new PlanOutcome.Planned(
            result.plan(),
            values.refused(result.refused()),
            values.decimals(),
            result.notes(),
            result.jumpPlaces(),
            units,
            stages.seconds());
      }
    } catch (RefusedException e) {
      return new PlanOutcome.Refused(e.refusal(), units, stages.seconds());
    } catch (DefinitionException e) {
      return refused(Reason.INVALID_DEFINITION, e, units, stages);
    } catch (MalformedObjectException
        | CommandRunner.CommandFailedException
        | UncheckedIOException e) {
      return refused(Reason.COMPILATION_FAILED, e, units, stages);
    } catch (RuntimeException e) {
      return new PlanOutcome.Refused(
          new Refusal(
              Reason.NOT_PROVABLE,
              "%s could not be analysed, which is a fault of the planner: %s."
                  .formatted(request.definition().constant(), e)),
          units,
          stages.seconds());
    }
  }

  private static PlanOutcome refused(
      Reason reason, RuntimeException e, List<String> units, Stages stages) {
    return new PlanOutcome.Refused(new Refusal(reason, e.getMessage()), units, stages.seconds());
  }

  /** Reads the objects that the build makes; each is read once. */
  private final class Built implements CompiledConstant {
    private final ConstantBuild build;
    private final ObjectReader reader = new ObjectReader(decoder);
    private final Map<Bytes, CodeObject> read = new ConcurrentHashMap<>();

    Built(ConstantBuild build) {
      this.build = build;
    }

    @Override
    public BigInteger original() {
      return build.original();
    }

    @Override
    public List<BigInteger> samples() {
      return build.samples();
    }

    @Override
    public void expect(List<BigInteger> values) {
      build.expect(values);
      build.expectOpaque();
    }

    @Override
    public List<Unit> compile(List<BigInteger> values) {
      return build.compile(values).stream().map(this::unit).toList();
    }

    @Override
    public Opaque opaque() {
      OpaqueType type = build.opaqueType();
      return new Opaque(
          ConstantBuild.OPAQUE,
          type.width(),
          type.signed(),
          type.min(),
          type.max(),
          build.opaque().stream().map(this::object).toList());
    }

    private Unit unit(ConstantBuild.UnitObjects objects) {
      Map<BigInteger, CodeObject> others = new HashMap<>();
      objects.others().forEach((value, bytes) -> others.put(value, object(bytes)));
      return new Unit(objects.unit().unit(), objects.unit().module(), object(objects.v1()), others);
    }

    private CodeObject object(Bytes bytes) {
      return read.computeIfAbsent(bytes, reader::read);
    }
  }
}
