// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

/**
 * The answer in place of a plan. As much a result as a plan is.
 *
 * @param reason which refusal
 * @param message one sentence: what, where, and the mend
 */
public record Refusal(Reason reason, String message) {

  /**
   * The closed list of what planning refuses; names are what conditions and JSON show, in
   * UpperCamelCase. What a node refuses to load has a list of its own, in the runtime.
   */
  public enum Reason {
    NO_CODE_DIFFERENCE("NoCodeDifference"),
    INIT_ONLY("InitOnly"),
    CHANGES_LAYOUT("ChangesLayout"),
    CHANGES_CONTROL_FLOW("ChangesControlFlow"),
    SIZES_MEMORY("SizesMemory"),
    ESCAPES("Escapes"),
    MISSABLE_SITES("MissableSites"),
    NOT_IN_THIS_KERNEL("NotInThisKernel"),
    UNSUPPORTED_INSTRUCTION("UnsupportedInstruction"),
    NOT_PROVABLE("NotProvable"),
    SOURCE_NOT_FOUND("SourceNotFound"),
    COMPILER_MISMATCH("CompilerMismatch"),
    CONFIGURATION_MISMATCH("ConfigurationMismatch"),
    PROBE_SITE_BLACKLISTED("ProbeSiteBlacklisted"),
    NO_LEGAL_SITE("NoLegalSite"),
    READ_ONLY_DATA("ReadOnlyData"),
    VALUE_OUT_OF_RANGE("ValueOutOfRange"),
    COMPILATION_FAILED("CompilationFailed"),
    INVALID_DEFINITION("InvalidDefinition");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** Returns the reason as conditions, JSON and the command line show it. */
    public String text() {
      return text;
    }
  }
}
