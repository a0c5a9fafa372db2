// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.decode.RegisterView;
import io.kernelx.sie.symbolic.Event.Store;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Registers, arithmetic flags and memory during one execution. Mutable, for one thread.
 *
 * <p>Memory is not a map: a load yields an input that is known by its address and by the last event
 * that may have changed what is there, counted together with the loads of the same place before it,
 * since another processor may write in between. Two executions with equal events therefore see
 * equal memory. Only what the execution itself stored into its own stack frame is read back.
 */
public final class MachineState {

  /** The flags that arithmetic sets. */
  public static final Set<Flag> FLAGS =
      Set.of(Flag.CF, Flag.PF, Flag.AF, Flag.ZF, Flag.SF, Flag.OF);

  private final String side;
  private final EnumMap<Register, Expr> registers;
  private final EnumMap<Flag, Expr> flags;
  private final List<Event> events;
  private final Map<String, Integer> loads;
  private final List<Load> seen;
  private final Map<Expr, Expr> variables;
  private int unknowns;

  /** A load, and how many events there were before it. */
  private record Load(String segment, Expr address, int width, int epoch) {}

  private MachineState(
      String side,
      Map<Register, Expr> registers,
      Map<Flag, Expr> flags,
      List<Event> events,
      Map<String, Integer> loads,
      List<Load> seen,
      Map<Expr, Expr> variables) {
    this.side = side;
    this.registers = new EnumMap<>(registers);
    this.flags = new EnumMap<>(flags);
    this.events = new ArrayList<>(events);
    this.loads = new HashMap<>(loads);
    this.seen = new ArrayList<>(seen);
    this.variables = new HashMap<>(variables);
  }

  /**
   * Makes a state in which every register and flag is an input of its own name.
   *
   * @param side sets this execution's unknowns apart from those of the execution that it will be
   *     compared with
   */
  public static MachineState fresh(String side) {
    EnumMap<Register, Expr> registers = new EnumMap<>(Register.class);
    for (Register r : Register.values()) {
      r.ptRegsName().ifPresent(name -> registers.put(r, Bits.input(name, 64)));
    }
    EnumMap<Flag, Expr> flags = new EnumMap<>(Flag.class);
    for (Flag f : FLAGS) {
      flags.put(f, Bits.input(f.name().toLowerCase(Locale.ROOT), 1));
    }
    return new MachineState(side, registers, flags, List.of(), Map.of(), List.of(), Map.of());
  }

  /** Returns a copy that goes its own way, with unknowns of its own. */
  public MachineState copy(String otherSide) {
    return new MachineState(otherSide, registers, flags, events, loads, seen, variables);
  }

  /** Returns the 64 bits of a general purpose register. */
  public Expr register(Register r) {
    return registers.get(r);
  }

  public void setRegister(Register r, Expr value) {
    Bits.same(registers.get(r), value);
    registers.put(r, value);
  }

  /** Returns the bits that a view of a general purpose register names. */
  public Expr read(RegisterView view) {
    return Bits.extract(
        registers.get(view.container()), view.lowestBit() + view.width() - 1, view.lowestBit());
  }

  /** Writes as the processor does: 32 bits clear those above, 8 and 16 keep the others. */
  public void write(RegisterView view, Expr value) {
    Expr old = registers.get(view.container());
    if (view.width() >= 32) {
      setRegister(view.container(), Bits.zext(value, 64));
      return;
    }
    int end = view.lowestBit() + view.width();
    Expr result = Bits.concat(Bits.extract(old, 63, end), value);
    setRegister(
        view.container(),
        view.lowestBit() == 0
            ? result
            : Bits.concat(result, Bits.extract(old, view.lowestBit() - 1, 0)));
  }

  /** Returns one bit. */
  public Expr flag(Flag f) {
    return flags.get(f);
  }

  public void setFlag(Flag f, Expr bit) {
    flags.put(f, bit);
  }

  /** Returns something that no other expression of any execution is known to equal. */
  public Expr unknown(int width) {
    return Bits.input("?" + side + unknowns++, width);
  }

  /** Returns what was done to the world so far. */
  public List<Event> events() {
    return List.copyOf(events);
  }

  /** Returns the number of events so far: the name of the world's state. */
  public int epoch() {
    return events.size();
  }

  public void add(Event event) {
    events.add(event);
  }

  /**
   * Returns whether the place of an earlier store, in the own frame, holds what was stored and
   * nothing may have seen it since: no call, and no load that is not certainly of another place.
   */
  public boolean replaceable(Store store) {
    int at = place(store);
    return at >= 0
        && seen.stream()
            .filter(l -> l.epoch() > at)
            .allMatch(
                l ->
                    Store.apart(
                        l.address(), l.width() / 8, store.address(), store.value().width() / 8));
  }

  /**
   * Stores again where the execution has stored before, as if it had stored this at first.
   *
   * @return false, and nothing is done, if that makes a difference
   */
  public boolean replace(Store store) {
    boolean possible = replaceable(store);
    if (possible) {
      events.set(place(store), store);
    }
    return possible;
  }

  private int place(Store store) {
    int at = events.size() - 1;
    while (at >= 0 && events.get(at) instanceof Store s) {
      if (s.segment().isEmpty()
          && s.address().equals(store.address())
          && s.value().width() == store.value().width()) {
        return store.segment().isEmpty() && ownFrame(store.address()) ? at : -1;
      }
      if (!s.apart(store)) {
        return -1;
      }
      at--;
    }
    return -1;
  }

  /**
   * Says what a variable holds that nothing ever writes.
   *
   * @param symbol the variable's name in the object
   * @param value all of it
   */
  public void constantVariable(String symbol, Expr value) {
    variables.put(Bits.input("&" + symbol, 64), value);
  }

  private Optional<Expr> ofVariable(Expr address, int width) {
    for (Map.Entry<Expr, Expr> variable : variables.entrySet()) {
      Expr distance = Bits.sub(address, variable.getKey());
      int size = variable.getValue().width();
      if (distance.isConst() && Long.compareUnsigned(distance.value(), size / 8) < 0) {
        int low = (int) distance.value() * 8;
        if (low + width <= size) {
          return Optional.of(Bits.extract(variable.getValue(), low + width - 1, low));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Reads memory.
   *
   * @param segment {@code fs}, {@code gs} or empty
   * @param address 64 bits
   * @param width in bits
   */
  public Expr load(String segment, Expr address, int width) {
    Optional<Expr> variable = segment.isEmpty() ? ofVariable(address, width) : Optional.empty();
    if (variable.isPresent()) {
      return variable.get();
    }
    seen.add(new Load(segment, address, width, events.size()));
    int epoch = events.size();
    while (epoch > 0 && events.get(epoch - 1) instanceof Store s && s.segment().equals(segment)) {
      if (ownFrame(address) && s.address().equals(address) && s.value().width() == width) {
        return s.value();
      }
      if (!Store.apart(s.address(), s.value().width() / 8, address, width / 8)) {
        break;
      }
      epoch--;
    }
    String name = "mem" + width + segment + "@" + epoch;
    Expr first = Bits.apply(name, width, List.of(address));
    int times = loads.merge(first.toString(), 1, Integer::sum) - 1;
    return times == 0 ? first : Bits.apply(name + "#" + times, width, List.of(address));
  }

  private static boolean ownFrame(Expr address) {
    return Bits.sub(address, Bits.input("sp", 64)).isConst();
  }
}
