// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

/**
 * What a plan was made from.
 *
 * @param release the kernel's release as {@code uname -r} prints it
 * @param sourceDigest {@code sha256:<hex>} that names the source tree (package and version, or the
 *     tree's own files)
 * @param configDigest {@code sha256:<hex>} over the options of the kernel's configuration that
 *     decide about code
 * @param compiler the compiler's first version line, as {@code CONFIG_CC_VERSION_TEXT} has it
 */
public record KernelIdentity(
    String release, String sourceDigest, String configDigest, String compiler) {}
