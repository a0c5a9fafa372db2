// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.Form;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.bpf.ForbiddenProbeException;
import io.kernelx.runtime.live.Preparation.Prepared;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.state.Meta;
import io.kernelx.runtime.text.LiveMemory;
import io.kernelx.sie.plan.ProbeSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts a prepared constant into the kernel.
 *
 * <ol>
 *   <li>The module makes the constant, inactive, with the writes granted per site. Where an
 *       instruction is to be stepped over, it sets a probe of its own.
 *   <li>Its description is pinned, so that whoever comes next knows what it is.
 *   <li>Every probe is attached ({@link Enforcement}); as the constant is inactive, none acts.
 *   <li>The live text is verified again, our probes' bytes masked.
 *   <li>One flip, or one transition, makes the value live.
 * </ol>
 *
 * If a step fails, {@link Unloading} undoes those before it. If the process dies, the constant is
 * inactive, which is how the next process recognises it.
 */
final class Loading {
  private final KernelParts parts;
  private final Preparation preparation;
  private final Unloading unloading;
  private final Moving moving;

  Loading(KernelParts parts, Preparation preparation, Unloading unloading, Moving moving) {
    this.parts = parts;
    this.preparation = preparation;
    this.unloading = unloading;
    this.moving = moving;
  }

  /**
   * Loads.
   *
   * @param form the form of enforcement
   * @param artefact what it has prepared
   * @param constants the module's device
   * @param others addresses of our other probes
   * @return the ConstID
   */
  int load(
      ApplyRequest request,
      Prepared prepared,
      Meta meta,
      Enforcement form,
      Path artefact,
      Constants constants,
      Set<Long> others)
      throws RuntimeRefusedException {
    int id = create(prepared, form, constants);
    try {
      parts.observer().done(Step.CREATED);
      parts.files().gaveOut(id);
      describe(id, meta);
      parts.observer().done(Step.DESCRIBED);
      form.attach(id, prepared, artefact);
      Set<Long> ours = new HashSet<>();
      prepared.plan().sites().forEach(s -> ours.add(prepared.text().address(s)));
      Set<Long> probes = new HashSet<>(others);
      probes.addAll(ours);
      preparation.verifyAgain(prepared, probes, ours);
      parts.observer().done(Step.REVERIFIED);
      moving.move(
          constants,
          constants.read(id).orElseThrow(),
          meta,
          Optional.of(Values.bits(request.value())),
          request.manner(),
          request.watch());
      parts.observer().done(Step.FLIPPED);
      return id;
    } catch (RuntimeRefusedException e) {
      throw unwound(id, e);
    } catch (ForbiddenProbeException e) {
      throw unwound(
          id,
          new RuntimeRefusedException(
              Reason.PROBE_SITE_BLACKLISTED,
              request.plan().constant() + ": " + e.getMessage() + "; another site is needed.",
              e));
    } catch (IOException e) {
      throw unwound(
          id,
          new RuntimeRefusedException(
              Reason.STUB_LOAD_FAILED,
              "The probes of "
                  + request.plan().constant()
                  + " could not be loaded: "
                  + e.getMessage()
                  + ".",
              e));
    }
  }

  private int create(Prepared prepared, Enforcement form, Constants constants)
      throws RuntimeRefusedException {
    try (LiveMemory memory = parts.text().open()) {
      List<Constants.Site> sites = new ArrayList<>();
      for (ProbeSite site : prepared.plan().sites()) {
        sites.add(GrantedSite.of(site, prepared.text().address(site), memory));
      }
      boolean skips = sites.stream().anyMatch(s -> s.skip() > 0);
      if (skips && constants.abi() < Constants.SKIPS_SINCE) {
        throw new RuntimeRefusedException(
            Reason.ABI_MISMATCH,
            "%s has probes that step over their instruction, which the loaded xk-kfuncs (version %d of its interface) cannot do; revert every tunable on this node and unload it: rmmod xk_kfuncs."
                .formatted(prepared.plan().constant(), constants.abi()));
      }
      if (form.form() == Form.NATIVE && constants.abi() < Constants.NATIVE_SINCE) {
        throw new RuntimeRefusedException(
            Reason.ABI_MISMATCH,
            "The loaded xk-kfuncs (version %d of its interface) knows no native probes, which %s needs; revert every tunable on this node and unload it: rmmod xk_kfuncs."
                .formatted(constants.abi(), prepared.plan().constant()));
      }
      return constants.create(sites);
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.STUB_LOAD_FAILED,
          "xk-kfuncs did not take the sites of "
              + prepared.plan().constant()
              + ": "
              + e.getMessage()
              + ".",
          e);
    }
  }

  private void describe(int id, Meta meta) throws IOException {
    byte[] text = meta.write();
    parts.pins().create(id);
    parts.bpf().get().createBlob(parts.pins().meta(id), text, Values.roomFor(text.length));
  }

  /** While tasks still go back, probes must stay: the next process cleans up when they have. */
  private RuntimeRefusedException unwound(int id, RuntimeRefusedException failure) {
    if (failure.transition().map(t -> !t.state().ended()).orElse(false)) {
      return failure;
    }
    try {
      unloading.leftover(id);
    } catch (RuntimeRefusedException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }
}
