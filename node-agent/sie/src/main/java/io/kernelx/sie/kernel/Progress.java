// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

/** Told what takes long, as it begins. May be called from several threads. */
@FunctionalInterface
public interface Progress {
  /**
   * @param step one sentence without a full stop, such as {@code unpacking linux-source-6.12}
   */
  void begins(String step);

  /** Tells nobody. */
  static Progress silent() {
    return step -> {};
  }
}
