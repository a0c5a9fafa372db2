// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A tunable: a constant of the kernel's source and how it is replaced.
 *
 * @param constant the constant's name as users write it in a resource, such as {@code
 *     BLK_MAX_REQUEST_COUNT}; the definition's own name if it gives none
 * @param name the definition's own name
 * @param description what the constant is
 * @param trades what is traded by changing it
 * @param range the values that make sense
 * @param source the replacement for kernels that no variant names
 * @param variants replacements for kernels whose source differs, the first that matches wins
 * @param reviewed hazards accepted
 * @param safeSpans spans given by the definition
 * @param kernelDir source tree to use, if the definition names one
 */
public record Definition(
    String constant,
    String name,
    String description,
    String trades,
    Optional<Bounds> range,
    SourceChoice source,
    List<Variant> variants,
    List<Reviewed> reviewed,
    List<DeclaredSpan> safeSpans,
    Optional<String> kernelDir) {

  public Definition {
    variants = List.copyOf(variants);
    reviewed = List.copyOf(reviewed);
    safeSpans = List.copyOf(safeSpans);
  }

  /**
   * @param min the least value
   * @param max the greatest value
   */
  public record Bounds(BigInteger min, BigInteger max) {
    public boolean contains(BigInteger value) {
      return min.compareTo(value) <= 0 && value.compareTo(max) <= 0;
    }
  }

  /**
   * @param kernels patterns of releases, {@code *} for any text
   * @param source the replacement for them
   */
  public record Variant(List<String> kernels, SourceChoice source) {
    public Variant {
      kernels = List.copyOf(kernels);
    }
  }

  /**
   * @param hazard the kind of hazard, as plans name it ({@code return}, {@code tailCall}, {@code
   *     store}), or {@code escapes} for all of them
   * @param function where, or empty for every function
   * @param why the reason for accepting it
   */
  public record Reviewed(String hazard, Optional<String> function, String why) {

    /**
     * Returns whether this is about hazards of that kind in that function.
     *
     * @param kind as plans name it
     */
    public boolean covers(String kind, String where) {
      return (hazard.equals(ESCAPES) || hazard.equals(kind))
          && function.map(where::equals).orElse(true);
    }
  }

  /** What stands for every kind of hazard by which a value outlives its frame. */
  static final String ESCAPES = "escapes";

  /**
   * A safe span that somebody worked out for one build of a kernel.
   *
   * @param function the symbol
   * @param start first byte, from the function's start
   * @param end last instruction's offset, which the span reaches over
   * @param kernel the release it was worked out for; if empty, whatever kernel is planned
   * @param origin who worked it out
   */
  public record DeclaredSpan(
      String function, int start, int end, Optional<String> kernel, Origin origin) {}

  /** Where a declared span comes from. */
  public enum Origin {
    DEFINITION,
    LLVM_ANALYSIS
  }

  /** Returns whether the definition's author gave spans. */
  public boolean hasSpans() {
    return !safeSpans.isEmpty();
  }

  /** Returns the same definition with other safe spans; its digest is another one then. */
  public Definition withSafeSpans(List<DeclaredSpan> spans) {
    return new Definition(
        constant, name, description, trades, range, source, variants, reviewed, spans, kernelDir);
  }

  /** Returns the replacement for a kernel release. */
  public SourceChoice sourceFor(String release) {
    return variants.stream()
        .filter(v -> v.kernels().stream().anyMatch(glob -> matches(glob, release)))
        .map(Variant::source)
        .findFirst()
        .orElse(source);
  }

  private static boolean matches(String glob, String release) {
    StringBuilder pattern = new StringBuilder();
    for (String part : glob.split("\\*", -1)) {
      pattern.append(pattern.isEmpty() ? "" : ".*").append(java.util.regex.Pattern.quote(part));
    }
    return release.matches(pattern.toString());
  }

  /**
   * Returns the definition in a form that depends on its meaning alone, not on the order or layout
   * of the TOML text: one line per field, in the order of the records.
   */
  public String canonical() {
    return CanonicalForm.of(this);
  }

  /** Returns {@code sha256:<hex>} over the canonical form. */
  public String digest() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] hash = sha.digest(canonical().getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the Java runtime lacks SHA-256", e);
    }
  }
}
