// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.definition;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A constant's definition as the builders will get it.
 *
 * @param constant the constant's name
 * @param text the definition in TOML
 * @param digest {@code sha256:<hex>} over the text
 */
public record Definition(String constant, String text, String digest) {

  /** Returns the definition of {@code constant} that {@code text} is. */
  public static Definition of(String constant, String text) {
    return new Definition(constant, text, "sha256:" + sha256(text));
  }

  /** Returns the SHA-256 of {@code text} in UTF-8, lower-case hexadecimal. */
  public static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
