// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.rollout;

import io.kernelx.operator.observe.KernelKey;
import java.util.Optional;

/**
 * Where one matched node stands, and why.
 *
 * @param node its name
 * @param standing where it stands
 * @param ready whether the Node is Ready
 * @param reason one word, when there is something to say; else empty
 * @param message one sentence, when there is something to say; else empty
 * @param kernel its kernel, when it is known
 * @param duration how long its last transition took, as its agent wrote it
 */
public record NodeStanding(
    String node,
    Standing standing,
    boolean ready,
    String reason,
    String message,
    Optional<KernelKey> kernel,
    Optional<String> duration) {}
