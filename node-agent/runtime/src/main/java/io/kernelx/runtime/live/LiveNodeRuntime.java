// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.Form;
import io.kernelx.runtime.FormChoice;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.LoadedTunable.TextCoverage;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionWatch;
import io.kernelx.runtime.live.Preparation.Prepared;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.state.Meta;
import io.kernelx.runtime.state.Tables;
import io.kernelx.runtime.stub.StubCompiler;
import io.kernelx.runtime.stub.StubWriter;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The runtime of a machine that can load.
 *
 * <p>An apply goes through these steps, under the node's lock, which is given away while tasks are
 * waited for:
 *
 * <ol>
 *   <li>What a process left that died while loading or unloading is removed.
 *   <li>The request is checked against the plan, the kernel and what is loaded.
 *   <li>Loaded with the same stub, whole, by the same owner: one flip or transition, and the
 *       description gets the new revision. That is all.
 *   <li>The live text is verified ({@link Preparation}), the form of enforcement chosen ({@link
 *       Forms}), and its program built.
 *   <li>What the same owner has loaded for the constant with another stub or form is unloaded.
 *   <li>The constant is loaded ({@link Loading}).
 *   <li>The readable tables are written.
 * </ol>
 */
public final class LiveNodeRuntime implements NodeRuntime {
  private final NodeTurn turn;
  private final Supplier<KernelFacts> kernel;
  private final KernelParts parts;
  private final Forms forms;
  private final Inventory inventory;
  private final Preparation preparation;
  private final Unloading unloading;
  private final Loading loading;
  private final Moving moving;
  private final Tables tables;
  private final Map<Integer, TextCoverage> verified = new HashMap<>();

  /**
   * @param usual the form for requests that leave it open; empty for the one that suits the machine
   */
  LiveNodeRuntime(
      Supplier<KernelFacts> kernel,
      KernelParts parts,
      StubWriter writer,
      StubCompiler compiler,
      Optional<Form> usual) {
    this.kernel = kernel;
    this.parts = parts;
    this.forms = new Forms(new BpfProbes(parts, writer, compiler), new NativeProbes(parts), usual);
    this.inventory = new Inventory(parts, forms);
    this.preparation = new Preparation(parts);
    this.turn = new NodeTurn(parts.files());
    this.moving = new Moving(parts, kernel, turn);
    this.unloading = new Unloading(parts, forms, moving);
    this.loading = new Loading(parts, preparation, unloading, moving);
    this.tables = new Tables(parts.files());
  }

  /**
   * Returns the runtime of this machine. Nothing is touched before it is used.
   *
   * @param writer makes stubs of plans
   * @param usual the form for requests that leave it open; empty for the one that suits the machine
   */
  public static LiveNodeRuntime of(RuntimePaths paths, StubWriter writer, Optional<Form> usual) {
    return Machine.runtime(paths, writer, step -> {}, usual);
  }

  /**
   * Returns the runtime of this machine, watched.
   *
   * @param observer told of each step
   */
  public static LiveNodeRuntime of(RuntimePaths paths, StubWriter writer, Step.Observer observer) {
    return Machine.runtime(paths, writer, observer, Optional.empty());
  }

  @Override
  public KernelFacts facts() {
    KernelFacts facts = kernel.get();
    List<String> missing = new ArrayList<>(facts.missing());
    parts.kfuncs().missing(facts).ifPresent(missing::add);
    missing.addAll(forms.missing(facts));
    return new KernelFacts(
        facts.bootId(),
        facts.release(),
        facts.buildId(),
        facts.arch(),
        facts.compiler(),
        facts.lockdown(),
        missing.stream().distinct().toList(),
        facts.withoutBpf());
  }

  @Override
  public LoadedTunable apply(ApplyRequest request) throws RuntimeRefusedException {
    return underLock(
        () -> {
          KernelFacts facts = facts();
          Requests.check(request, facts);
          List<Found> all = withoutLeftovers();
          parts.observer().done(Step.STARTED);
          Optional<Found> before = mine(all, request.owner(), request.plan().constant());
          Optional<LoadedTunable> same = flipIfSame(request, before);
          if (same.isPresent()) {
            return same.get();
          }
          if (!facts.canLoad()) {
            throw new RuntimeRefusedException(
                Reason.MISSING_CAPABILITY, String.join(" ", facts.missing()));
          }
          return load(request, facts, all, before);
        });
  }

  private LoadedTunable load(
      ApplyRequest request, KernelFacts facts, List<Found> all, Optional<Found> before)
      throws RuntimeRefusedException, IOException {
    Set<Long> probes = Inventory.probes(all);
    Prepared prepared = preparation.verify(request.plan(), probes);
    FormChoice choice = forms.choose(request.form(), facts);
    Enforcement form = forms.of(choice.form());
    Meta meta = Described.meta(request, choice, prepared.text());
    List<Found> others =
        all.stream().filter(f -> before.isEmpty() || f.id() != before.get().id()).toList();
    refuseOverlap(meta, others);
    Path artefact = form.prepare(request.plan(), facts);
    parts.observer().done(Step.PREPARED);
    try (Constants constants = parts.kfuncs().ensure(facts, parts.files().nextId())) {
      parts.observer().done(Step.MODULE);
      if (before.isPresent()) {
        Meta former = before.get().meta().orElseThrow();
        unloading.unload(before.get().id(), former, request.manner(), request.watch());
        // The turn may have been given away in there.
        List<Found> now = withoutLeftovers();
        refuseOverlap(meta, now);
        probes = Inventory.probes(now);
      }
      int id = loading.load(request, prepared, meta, form, artefact, constants, probes);
      verified.put(id, prepared.text().coverage());
      return describeAll().stream()
          .filter(t -> t.constId() == id)
          .findFirst()
          .orElseThrow(() -> Moving.changedMeanwhile(request.plan().constant()));
    }
  }

  private static void refuseOverlap(Meta meta, List<Found> others) throws RuntimeRefusedException {
    Described.refuseOverlap(meta, others.stream().map(f -> f.meta().orElseThrow()).toList());
  }

  private Optional<LoadedTunable> flipIfSame(ApplyRequest request, Optional<Found> before)
      throws RuntimeRefusedException, IOException {
    TunablePlan plan = request.plan();
    if (before.isEmpty()
        || !before.get().meta().orElseThrow().stubDigest().equals(plan.stubDigest())
        || !before.get().suits(request.form())) {
      return Optional.empty();
    }
    Found found = before.get();
    LoadedTunable loaded = inventory.describe(found, TextCoverage.NONE);
    if (loaded.state() != LoadedTunable.State.APPLIED) {
      return Optional.empty();
    }
    long bits = Values.bits(request.value());
    Constants.State state = found.state().orElseThrow();
    if (state.value() != bits) {
      try (Constants constants = parts.kfuncs().open().orElseThrow()) {
        moving.move(
            constants,
            state,
            found.meta().orElseThrow(),
            Optional.of(bits),
            request.manner(),
            request.watch());
      }
      parts.observer().done(Step.FLIPPED);
    }
    Meta meta = found.meta().orElseThrow();
    Meta changed =
        meta.with(plan.digest(), plan.definitionDigest(), request.revision(), request.mode());
    if (!changed.equals(meta)) {
      parts.bpf().get().writeBlob(parts.pins().meta(found.id()), changed.write());
    }
    return describeAll().stream().filter(t -> t.constId() == found.id()).findFirst();
  }

  @Override
  public void revert(String owner, String constant, Optional<Manner> manner, TransitionWatch watch)
      throws RuntimeRefusedException {
    underLock(
        () -> {
          List<Found> all = withoutLeftovers();
          parts.observer().done(Step.STARTED);
          Optional<Found> found = mine(all, owner, constant);
          if (found.isPresent()) {
            Meta meta = found.get().meta().orElseThrow();
            unloading.unload(
                found.get().id(), meta, manner.orElseGet(() -> Manner.of(meta.mode())), watch);
            verified.remove(found.get().id());
          }
          return describeAll();
        });
  }

  @Override
  public List<LoadedTunable> loaded() throws RuntimeRefusedException {
    try {
      return turn.look(() -> describe(inventory.all()));
    } catch (IOException e) {
      throw Inventory.unreadable(e);
    }
  }

  @Override
  public List<TransitionReport> transitions(int constId) throws RuntimeRefusedException {
    try {
      return parts.files().read(TransitionLines.table(constId)).stream()
          .map(TransitionLines::read)
          .flatMap(Optional::stream)
          .toList();
    } catch (IOException e) {
      throw Inventory.unreadable(e);
    }
  }

  private Optional<Found> mine(List<Found> all, String owner, String constant)
      throws RuntimeRefusedException {
    Optional<Found> found = all.stream().filter(f -> f.named(constant)).findFirst();
    if (found.isPresent() && !found.get().meta().orElseThrow().owner().equals(owner)) {
      throw new RuntimeRefusedException(
          Reason.OWNED_BY_ANOTHER,
          constant
              + " is loaded on this node by "
              + found.get().meta().orElseThrow().owner()
              + "; revert it there first.");
    }
    if (found.isPresent()) {
      moving.refuseWhileMoving(found.get());
    }
    return found;
  }

  private List<Found> withoutLeftovers() throws RuntimeRefusedException {
    List<Found> all = inventory.all();
    List<Found> whole = new ArrayList<>();
    for (Found found : all) {
      if (found.leftover() && !moving.running(found)) {
        unloading.leftover(found.id());
      } else {
        whole.add(found);
      }
    }
    return whole;
  }

  private List<LoadedTunable> describeAll() throws RuntimeRefusedException, IOException {
    List<Found> all = inventory.all();
    List<LoadedTunable> loaded = describe(all);
    Map<Integer, Meta> metas = new HashMap<>();
    all.forEach(f -> f.meta().ifPresent(m -> metas.put(f.id(), m)));
    tables.write(loaded, metas);
    return loaded;
  }

  private List<LoadedTunable> describe(List<Found> all) throws RuntimeRefusedException {
    List<LoadedTunable> loaded = new ArrayList<>();
    for (Found found : all) {
      if (found.meta().isPresent()) {
        loaded.add(inventory.describe(found, verified.getOrDefault(found.id(), TextCoverage.NONE)));
      }
    }
    return loaded;
  }

  private <T> T underLock(NodeTurn.Work<T> work) throws RuntimeRefusedException {
    try {
      return turn.take(work);
    } catch (IOException e) {
      throw Inventory.unreadable(e);
    }
  }
}
