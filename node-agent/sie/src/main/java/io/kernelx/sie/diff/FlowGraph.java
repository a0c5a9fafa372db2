// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoded;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Undecodable;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.object.ObjectFunction.Edge;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decodes a function and builds its control flow graph.
 *
 * <ol>
 *   <li>Instructions are decoded in one line from the first byte to the last; each gets the
 *       relocations that lie within it.
 *   <li>A block begins at the function's start, at every entry, at every target of a branch or of a
 *       table's edge, and after every instruction that has more or other successors than the next
 *       one.
 *   <li>Calls and {@code ud2} go on to the next instruction (a warning returns); {@code int3} does
 *       not (it only stops speculation).
 * </ol>
 */
public final class FlowGraph {
  private final ObjectFunction function;
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<Integer, Integer> indexByOffset = new HashMap<>();

  private FlowGraph(ObjectFunction function) {
    this.function = function;
  }

  /**
   * @throws UndecodableFunctionException if a byte of the function belongs to no instruction
   */
  public static FunctionCode of(ObjectFunction function, Decoder decoder) {
    FlowGraph graph = new FlowGraph(function);
    graph.decode(decoder);
    return new FunctionCode(function, graph.instructions, graph.blocks());
  }

  private void decode(Decoder decoder) {
    Bytes text = function.text();
    int relocation = 0;
    List<Relocation> all = function.relocations();
    for (Decoded decoded : decoder.decodeAll(text)) {
      switch (decoded) {
        case Undecodable undecodable ->
            throw new UndecodableFunctionException(function.name(), undecodable);
        case Instruction instruction -> {
          List<Relocation> inside = new ArrayList<>();
          while (relocation < all.size() && all.get(relocation).offset() < instruction.end()) {
            inside.add(all.get(relocation++));
          }
          indexByOffset.put(instruction.offset(), instructions.size());
          instructions.add(instruction.withRelocations(inside));
        }
      }
    }
  }

  private List<BasicBlock> blocks() {
    Map<Integer, Set<Integer>> tableEdges = new HashMap<>();
    Set<Integer> tableExits = new LinkedHashSet<>();
    for (Edge edge : function.edges()) {
      Integer from = indexByOffset.get(edge.from());
      Integer to = edge.to().map(indexByOffset::get).orElse(null);
      if (from != null) {
        tableEdges.computeIfAbsent(from, k -> new LinkedHashSet<>());
        if (to != null) {
          tableEdges.get(from).add(to);
        } else {
          tableExits.add(from);
        }
      }
    }
    Set<Integer> entries = new LinkedHashSet<>();
    function.entries().stream().map(indexByOffset::get).forEach(entries::add);
    entries.remove(null);
    entries.add(0);

    TreeSet<Integer> leaders = new TreeSet<>(entries);
    for (int i = 0; i < instructions.size(); i++) {
      Instruction instruction = instructions.get(i);
      target(instruction).ifPresent(leaders::add);
      if (tableEdges.containsKey(i)) {
        leaders.addAll(tableEdges.get(i));
      }
      if (tableEdges.containsKey(i) || endsBlock(instruction)) {
        leaders.add(i + 1);
      }
    }
    leaders.remove(instructions.size());

    List<Integer> starts = List.copyOf(leaders);
    Map<Integer, Integer> blockAt = new HashMap<>();
    for (int b = 0; b < starts.size(); b++) {
      blockAt.put(starts.get(b), b);
    }
    List<BasicBlock> blocks = new ArrayList<>();
    for (int b = 0; b < starts.size(); b++) {
      int end = b + 1 < starts.size() ? starts.get(b + 1) : instructions.size();
      int last = end - 1;
      Instruction terminator = instructions.get(last);
      Set<Integer> next = new LinkedHashSet<>();
      boolean falls = tableEdges.containsKey(last) || fallsThrough(terminator);
      if (falls && end < instructions.size()) {
        next.add(blockAt.get(end));
      }
      OptionalInt target = target(terminator);
      if (target.isPresent()) {
        next.add(blockAt.get(target.getAsInt()));
      }
      tableEdges.getOrDefault(last, Set.of()).forEach(to -> next.add(blockAt.get(to)));
      boolean leaves =
          tableExits.contains(last) || (leaves(terminator) && !tableEdges.containsKey(last));
      blocks.add(
          new BasicBlock(
              b, starts.get(b), end, List.copyOf(next), entries.contains(starts.get(b)), leaves));
    }
    return blocks;
  }

  private static boolean endsBlock(Instruction instruction) {
    return switch (instruction.branch().kind()) {
      case CONDITIONAL, JUMP, INDIRECT_JUMP, RETURN -> true;
      case TRAP -> instruction.mnemonic().equals("int3");
      default -> false;
    };
  }

  private static boolean fallsThrough(Instruction instruction) {
    return !endsBlock(instruction) || instruction.branch().kind() == Branch.Kind.CONDITIONAL;
  }

  private boolean leaves(Instruction instruction) {
    return switch (instruction.branch().kind()) {
      case RETURN, INDIRECT_JUMP -> true;
      case JUMP, CONDITIONAL -> target(instruction).isEmpty();
      default -> false;
    };
  }

  /** Returns the index of the instruction of this function that a jump goes to. */
  private OptionalInt target(Instruction instruction) {
    Branch.Kind kind = instruction.branch().kind();
    if (kind != Branch.Kind.JUMP && kind != Branch.Kind.CONDITIONAL) {
      return OptionalInt.empty();
    }
    int offset = instruction.branch().target().orElse(-1);
    if (!instruction.relocations().isEmpty()) {
      Relocation relocation = instruction.relocations().get(0);
      if (!relocation.symbol().equals(function.name())) {
        return OptionalInt.empty();
      }
      offset = (int) relocation.addend() + instruction.end() - relocation.offset();
    }
    Integer index = indexByOffset.get(offset);
    return index == null ? OptionalInt.empty() : OptionalInt.of(index);
  }
}
