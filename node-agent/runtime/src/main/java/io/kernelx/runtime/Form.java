// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

/** What makes a constant's probes act. */
public enum Form {
  /** BPF programs at the probes. */
  BPF("bpf"),
  /** A kernel module of the constant's own, whose probes write by themselves. */
  NATIVE("native");

  private final String text;

  Form(String text) {
    this.text = text;
  }

  /** Returns the form's name on the command line, in tables and in what is pinned. */
  public String text() {
    return text;
  }

  /**
   * Returns the form of that name.
   *
   * @throws IllegalArgumentException with a sentence if there is none
   */
  public static Form of(String text) {
    for (Form form : values()) {
      if (form.text.equals(text)) {
        return form;
      }
    }
    throw new IllegalArgumentException("\"" + text + "\" is no form; write bpf or native.");
  }
}
