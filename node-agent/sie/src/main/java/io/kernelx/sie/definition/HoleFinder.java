// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Derives from an original text and its modified forms where the value stands, so that any other
 * value can be put there.
 *
 * <ol>
 *   <li>The texts are cut into words, numbers, blanks and single characters.
 *   <li>What all begin and end with alike is set aside; the rest is the hole.
 *   <li>The hole is widened, by as little as possible, until in each modified text it has the value
 *       given for it.
 * </ol>
 */
final class HoleFinder {
  private static final Pattern TOKEN = Pattern.compile("\\w+|\\s+|[^\\w\\s]");

  /**
   * @param before the original up to the hole
   * @param hole the original's hole
   * @param after the original after the hole
   * @param suffix of the literals in the modified texts
   */
  record Hole(String before, String hole, String after, String suffix) {}

  private HoleFinder() {}

  /**
   * @param texts the original and its modified forms
   * @param values the value of each
   * @return empty if the values do not stand in the texts
   */
  static Optional<Hole> find(List<String> texts, List<BigInteger> values) {
    List<List<String>> tokens = texts.stream().map(HoleFinder::tokens).toList();
    int shortest = tokens.stream().mapToInt(List::size).min().orElseThrow();
    int head = 0;
    while (head < shortest && alike(tokens, head, true)) {
      head++;
    }
    int tail = 0;
    while (tail < shortest - head && alike(tokens, tail, false)) {
      tail++;
    }
    for (int wider = 0; wider <= head + tail; wider++) {
      for (int left = Math.max(0, wider - tail); left <= Math.min(head, wider); left++) {
        Optional<Hole> hole = fits(tokens, head - left, tail - (wider - left), values);
        if (hole.isPresent()) {
          return hole;
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text);
    while (matcher.find()) {
      tokens.add(matcher.group());
    }
    return tokens;
  }

  private static boolean alike(List<List<String>> tokens, int distance, boolean fromStart) {
    return tokens.stream()
            .map(t -> t.get(fromStart ? distance : t.size() - 1 - distance))
            .distinct()
            .count()
        == 1;
  }

  private static Optional<Hole> fits(
      List<List<String>> tokens, int head, int tail, List<BigInteger> values) {
    String suffix = "";
    for (int i = 0; i < tokens.size(); i++) {
      Optional<CExpression> expression = parse(part(tokens.get(i), head, tail));
      if (expression.isEmpty()) {
        return Optional.empty();
      }
      Optional<BigInteger> value = expression.get().constant();
      boolean original = i == 0;
      if (value.isPresent() ? !value.get().equals(values.get(i)) : !original) {
        return Optional.empty();
      }
      if (!original && expression.get() instanceof CExpression.Literal literal) {
        suffix = literal.suffix();
      }
    }
    List<String> original = tokens.get(0);
    return Optional.of(
        new Hole(
            String.join("", original.subList(0, head)),
            part(original, head, tail),
            String.join("", original.subList(original.size() - tail, original.size())),
            suffix));
  }

  private static String part(List<String> tokens, int head, int tail) {
    return String.join("", tokens.subList(head, tokens.size() - tail));
  }

  private static Optional<CExpression> parse(String text) {
    try {
      return text.isBlank() || !text.equals(text.strip())
          ? Optional.empty()
          : Optional.of(CExpression.parse(text));
    } catch (DefinitionException e) {
      return Optional.empty();
    }
  }
}
