// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.sie.PlanOutcome;
import io.kernelx.sie.SieCompiler;
import io.kernelx.sie.decode.DecoderUnavailableException;
import io.kernelx.sie.definition.DefinitionException;
import io.kernelx.sie.definition.DefinitionReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plans by the SIE compiler. */
public final class SiePlanner implements Planner {
  private final Compilation compilation;

  public SiePlanner(Compilation compilation) {
    this.compilation = compilation;
  }

  @Override
  public String version() {
    return SieCompiler.VERSION;
  }

  @Override
  public Answer plan(KernelBuildSpec.Kernel kernel, String definition, List<String> values)
      throws InterruptedException {
    PlanOutcome outcome;
    try {
      outcome =
          compilation.plan(
              DefinitionReader.read(definition, "the definition"), kernel.release(), values);
    } catch (DefinitionException e) {
      return new Answer.Refused(new Refusal("InvalidDefinition", e.getMessage()));
    } catch (DecoderUnavailableException e) {
      return new Answer.Refused(new Refusal("MissingRequirement", e.getMessage()));
    } catch (RuntimeException e) {
      // One build must not end the builder, which others wait for too.
      return new Answer.Refused(
          new Refusal("PlannerFault", "The planner failed in a way it should not: " + e + "."));
    }
    return switch (outcome) {
      case PlanOutcome.Refused refused -> new Answer.Refused(refusal(refused.refusal()));
      case PlanOutcome.Planned planned -> {
        Map<String, Refusal> refusals = new LinkedHashMap<>();
        planned.refused().forEach(v -> refusals.put(v.value(), refusal(v.refusal())));
        yield new Answer.Planned(planned.plan(), refusals, planned.numbers());
      }
    };
  }

  private static Refusal refusal(io.kernelx.sie.plan.Refusal refusal) {
    return new Refusal(refusal.reason().text(), refusal.message());
  }
}
