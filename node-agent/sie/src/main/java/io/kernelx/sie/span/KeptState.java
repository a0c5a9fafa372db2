// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.span.StateUse.Kind;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether memory that outlives a call holds something that only the compiled value explains.
 *
 * <p>A threshold, a delay, a batch may change between two calls: what the kernel keeps means the
 * same with either value. Not so what the constant itself gave a meaning. Of all the code that uses
 * the constant these are looked for, each through {@link StateSlice}:
 *
 * <ol>
 *   <li>a bit: bits that the constant names are tested, set or cleared in lasting memory, or taken
 *       out of it from there on. What is kept has the old ones.
 *   <li>a remainder that is kept, or scaled and added to what is kept: a position in something that
 *       has that many places.
 *   <li>a batch: a counter is raised by the constant, and the remainder of what is kept tells when
 *       the next batch is due; or what the counter held is kept elsewhere, and how much of it was
 *       used is held against the constant. With another value the end of what was taken is passed
 *       by, and numbers are given out twice. (A remainder or a limit alone does no harm: something
 *       is then done at every other turn.)
 *   <li>a scale: what was shifted up or multiplied by the constant, or is a number of it, or counts
 *       in steps of it, is kept, and what is read from the same place is shifted down or divided by
 *       it. (Not so a mean that is multiplied and divided in one go.)
 *   <li>the same scale the other way round: what was shifted down by the constant is kept, and what
 *       is read from the same place is shifted up or multiplied by it.
 *   <li>a sum: what is shifted up by the constant is added to what is kept in the same place.
 *   <li>a unit: one function shifts something up by the constant and lets it out, and another,
 *       which does nothing of that, shifts something down by it. Whatever lies between the two, a
 *       queue, a device or a peer maybe, holds what the compiled value made.
 *   <li>a balance: what is added to lasting memory is taken off the same place again.
 *   <li>a mark: the constant itself is kept, and what is read from the same place is known by being
 *       equal to it. (Not so if it is a limit there: what is held against it by more or less as
 *       well comes to the new one by itself.)
 *   <li>a seal: what is worked out with the constant, by a function that gets it maybe, is kept,
 *       and what is read from the same place is held against what is worked out anew: a checksum, a
 *       hash. What was sealed before looks damaged from then on.
 * </ol>
 *
 * <p>For one constant; for one thread.
 */
public final class KeptState {

  private static final String BATCH =
      "%s adds the constant to what memory that lives on holds, and %s tells by the constant how"
          + " much of it is used";
  private static final String SCALE =
      "what %s keeps in memory that lives on is shifted down or divided by the constant at %s";
  private static final String SCALE_BACK =
      "what %s keeps in memory that lives on was shifted down by the constant, and is shifted up or"
          + " multiplied by it at %s";
  private static final String UNIT =
      "%s shifts something up by the constant, and %s shifts something down by it, so what lies"
          + " between the two is in units of it";
  private static final String BALANCE =
      "what %s adds by the constant to memory that lives on is taken off it by the constant at %s";
  private static final String MARK =
      "what %s keeps in memory that lives on is known by being equal to the constant at %s";
  private static final String SEAL =
      "what %s keeps in memory that lives on was worked out with the constant, and %s takes it for"
          + " valid only if it comes out the same again";

  private final SortedSet<StateUse> uses = new TreeSet<>();

  /**
   * Looks at one more version of a function that the constant is used in. All versions count: which
   * bits a mask names, for one, the compiled value alone may not show.
   *
   * @param seeds indices of the instructions that differ between versions
   * @param value that it was compiled with; where it is a power of two, shifts by its logarithm
   *     multiply and divide by it
   * @param passed what the functions of its unit give each other
   */
  public void add(FunctionCode code, Set<Integer> seeds, BigInteger value, PassedPointers passed) {
    boolean power = value.signum() > 0 && value.bitCount() == 1;
    OptionalInt factor = power ? OptionalInt.of(value.bitLength() - 1) : OptionalInt.empty();
    for (Map<Register, Pointer> arguments : passed.to(code.function().name())) {
      uses.addAll(new StateSlice(code, seeds, factor, arguments).uses());
    }
  }

  /** Returns what is held that only the compiled value explains, as part of a sentence. */
  public Optional<String> explained() {
    return alone(
            Kind.BIT, "%s looks at or changes bits that the constant names in memory that lives on")
        .or(
            () ->
                alone(
                    Kind.REMAINDER_KEPT,
                    "%s keeps a remainder by the constant of what memory that lives on holds"))
        .or(
            () ->
                alone(
                    Kind.POSITION,
                    "%s hands on the address of one of as many places as the constant says"))
        .or(this::batch)
        .or(() -> pair(Kind.SHIFTED_UP, Kind.SHIFTED_DOWN, SCALE))
        .or(() -> pair(Kind.MARKED, Kind.SHIFTED_DOWN, SCALE))
        .or(() -> pair(Kind.RAISED, Kind.SHIFTED_DOWN, SCALE))
        .or(() -> pair(Kind.KEPT_DOWN, Kind.READ_UP, SCALE_BACK))
        .or(
            () ->
                alone(
                    Kind.ACCUMULATED,
                    "%s adds what it shifts up by the constant to what memory that lives on holds"))
        .or(this::unit)
        .or(() -> pair(Kind.RAISED, Kind.LOWERED, BALANCE))
        .or(this::mark)
        .or(() -> pair(Kind.SEALED, Kind.CHECKED, SEAL));
  }

  private Stream<StateUse> of(Kind... kinds) {
    return uses.stream().filter(u -> List.of(kinds).contains(u.kind()));
  }

  private Optional<String> alone(Kind kind, String sentence) {
    return of(kind).findFirst().map(u -> sentence.formatted(u.where()));
  }

  private Optional<String> batch() {
    return of(Kind.RAISED)
        .flatMap(r -> ends(r).map(e -> BATCH.formatted(r.where(), e.where())))
        .findFirst();
  }

  /** Returns what may tell the end of a batch that was taken from a counter. */
  private Stream<StateUse> ends(StateUse raised) {
    boolean copied = of(Kind.COPIED).anyMatch(c -> c.place().meets(raised.place()));
    Stream<StateUse> counted =
        of(Kind.LIMITED, Kind.RECOGNISED).filter(u -> !u.place().alike(raised.place()));
    return Stream.concat(of(Kind.REMAINDER), copied ? counted : Stream.empty());
  }

  private Optional<String> unit() {
    Set<String> up = of(Kind.SCALED_UP).map(StateUse::function).collect(Collectors.toSet());
    return of(Kind.SCALED_OUT)
        .flatMap(
            u ->
                of(Kind.SCALED_DOWN)
                    .filter(d -> !up.contains(d.function()))
                    .map(d -> UNIT.formatted(u.where(), d.where())))
        .findFirst();
  }

  private Optional<String> mark() {
    List<StatePlace> limits = of(Kind.LIMITED).map(StateUse::place).toList();
    return of(Kind.MARKED)
        .filter(u -> limits.stream().noneMatch(u.place()::alike))
        .flatMap(u -> at(u, Kind.RECOGNISED, MARK))
        .findFirst();
  }

  private Optional<String> pair(Kind one, Kind other, String sentence) {
    return of(one).flatMap(u -> at(u, other, sentence)).findFirst();
  }

  private Stream<String> at(StateUse use, Kind other, String sentence) {
    return of(other)
        .filter(u -> u.place().meets(use.place()))
        .map(u -> sentence.formatted(use.where(), u.where()));
  }
}
