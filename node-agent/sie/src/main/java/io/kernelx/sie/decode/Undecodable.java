// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

/**
 * Bytes that are no instruction of 64-bit code, or the beginning of one that is cut off.
 *
 * @param offset where decoding failed
 * @param reason what the decoder says
 */
public record Undecodable(int offset, String reason) implements Decoded {}
