// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

/** Waiting, so that tests need not. */
@FunctionalInterface
interface Pause {
  void millis(long millis) throws InterruptedException;
}
