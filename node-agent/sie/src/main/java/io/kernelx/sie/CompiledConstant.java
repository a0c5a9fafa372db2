// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.object.CodeObject;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** A constant on one kernel, as the compiler shows it. */
interface CompiledConstant {

  /** Returns V1, the value that the kernel was compiled with. */
  BigInteger original();

  /** Returns other values to compare with, the best first. */
  List<BigInteger> samples();

  /**
   * Says what will be asked for, so that it can be compiled ahead; does not wait.
   *
   * @param values in the order in which they are wanted
   */
  void expect(List<BigInteger> values);

  /**
   * Compiles every unit that the constant reaches, as it is and at other values.
   *
   * @throws io.kernelx.sie.kernel.RefusedException if one does not compile
   */
  List<Unit> compile(List<BigInteger> values);

  /**
   * Compiles every unit with a variable in the constant's place.
   *
   * @throws io.kernelx.sie.kernel.RefusedException if one does not compile, as where C wants a
   *     constant
   */
  Opaque opaque();

  /**
   * One translation unit.
   *
   * @param unit the source file, relative to the tree
   * @param module {@code vmlinux} or the module's name
   * @param v1 as the kernel has it
   * @param others at the other values
   */
  record Unit(String unit, String module, CodeObject v1, Map<BigInteger, CodeObject> others) {
    public Unit {
      others = Map.copyOf(others);
    }
  }

  /**
   * The units compiled with a variable.
   *
   * @param symbol the variable's
   * @param width of the variable, in bits
   * @param signed whether it is
   * @param min the smallest value for which the constant's literal has the variable's type
   * @param max the largest
   * @param objects in the order of the units
   */
  record Opaque(
      String symbol,
      int width,
      boolean signed,
      BigInteger min,
      BigInteger max,
      List<CodeObject> objects) {
    public Opaque {
      objects = List.copyOf(objects);
    }
  }
}
