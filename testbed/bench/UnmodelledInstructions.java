// SPDX-License-Identifier: Apache-2.0
import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoded;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.object.MalformedObjectException;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.Executor;
import io.kernelx.sie.symbolic.Patches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counts, over the functions of objects, the instruction forms that the executor does not model. */
public final class UnmodelledInstructions {

  private UnmodelledInstructions() {}

  /** Takes the objects' paths. */
  public static void main(String[] paths) throws IOException {
    Decoder decoder = new Decoder();
    ObjectReader reader = new ObjectReader(decoder);
    Map<String, Integer> forms = new TreeMap<>();
    int all = 0;
    for (String path : paths) {
      try {
        for (ObjectFunction f : reader.read(Bytes.of(Files.readAllBytes(Path.of(path)))).functions()) {
          Executor executor = new Executor(f, Constants.AS_ENCODED);
          for (Decoded d : decoder.decodeAll(f.text())) {
            all++;
            if (!(d instanceof Instruction i)) {
              forms.merge("no instruction", 1, Integer::sum);
            } else if (i.branch().kind() == Branch.Kind.NONE && !executor.models(i)) {
              forms.merge(form(i, Patches.replaced(i, f)), 1, Integer::sum);
            }
          }
        }
      } catch (MalformedObjectException e) {
        System.err.println(path + ": " + e.getMessage());
      }
    }
    int not = forms.values().stream().mapToInt(Integer::intValue).sum();
    System.out.printf("%d of %d instructions are not modelled%n", not, all);
    forms.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .forEach(e -> System.out.printf("%7d  %s%n", e.getValue(), e.getKey()));
  }

  private static String form(Instruction i, boolean replaced) {
    StringBuilder s = new StringBuilder(i.mnemonic());
    i.prefixes().forEach(p -> s.append(' ').append(p.name().toLowerCase(Locale.ROOT)));
    for (Operand o : i.visibleOperands()) {
      s.append(
          switch (o) {
            case RegisterOperand r ->
                r.view().container().isGeneralPurpose() ? " r" + r.width() : " " + r.view().name();
            case MemoryOperand m ->
                " m" + m.width() + (m.segment() == Register.GS ? " gs" : "");
            case ImmediateOperand _ -> " imm";
          });
    }
    return s.append(replaced ? " (in an alternative)" : "").toString();
  }
}
