// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import io.kernelx.api.v1alpha1.KernelTunable;
import java.util.Comparator;

/** Which of two tunables of one constant wins on a node: the older, by creation, then by uid. */
public final class Seniority {

  private static final Comparator<KernelTunable> ORDER =
      Comparator.<KernelTunable, String>comparing(
              tunable -> orEmpty(tunable.getMetadata().getCreationTimestamp()))
          .thenComparing(tunable -> orEmpty(tunable.getMetadata().getUid()));

  private Seniority() {}

  /** Returns whether {@code one} is older than {@code other}. */
  public static boolean older(KernelTunable one, KernelTunable other) {
    return ORDER.compare(one, other) < 0;
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
