// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A C integer constant expression: integer literals, identifiers, operators and parentheses,
 * nothing else. Texts from definitions and resources are parsed by this class before anything is
 * done with them. Literals are evaluated without wrap-around.
 */
public sealed interface CExpression {

  /** A literal such as {@code 16000U}. */
  record Literal(BigInteger value, String suffix) implements CExpression {}

  /** A name that only the kernel's source gives a meaning. */
  record Identifier(String name) implements CExpression {}

  /** {@code - ~ ! +} before an operand. */
  record Unary(String operator, CExpression operand) implements CExpression {}

  /** An operator between two operands. */
  record Binary(String operator, CExpression left, CExpression right) implements CExpression {}

  /** {@code condition ? yes : no}. */
  record Conditional(CExpression condition, CExpression yes, CExpression no)
      implements CExpression {}

  /** A text of the kernel's source that only its compiler can evaluate. */
  record OfSource(String text) implements CExpression {}

  /**
   * Takes a text of the kernel's own source: beside what {@link #parse} takes, calls of macros and
   * inline functions, casts and {@code sizeof}. What they mean is left to the compiler.
   *
   * @throws DefinitionException if the text has anything else in it, such as a statement, or
   *     parentheses that do not match
   */
  static CExpression ofSource(String text) {
    try {
      return parse(text);
    } catch (DefinitionException e) {
      if (Parser.bounded(text)) {
        return new OfSource(text);
      }
      throw e;
    }
  }

  /**
   * Parses a whole text.
   *
   * @throws DefinitionException if the text is anything else than such an expression
   */
  static CExpression parse(String text) {
    return new Parser(text).whole();
  }

  /**
   * Evaluates the expression.
   *
   * @param names gives identifiers their value, or empty
   * @return empty if a name has no value, or on division by zero or an absurd shift
   */
  default Optional<BigInteger> evaluate(Function<String, Optional<BigInteger>> names) {
    return switch (this) {
      case Literal literal -> Optional.of(literal.value());
      case Identifier identifier -> names.apply(identifier.name());
      case OfSource _ -> Optional.empty();
      case Unary unary -> unary.operand().evaluate(names).map(v -> apply(unary.operator(), v));
      case Binary binary ->
          binary
              .left()
              .evaluate(names)
              .flatMap(
                  a -> binary.right().evaluate(names).flatMap(b -> apply(binary.operator(), a, b)));
      case Conditional c ->
          c.condition()
              .evaluate(names)
              .flatMap(v -> (v.signum() != 0 ? c.yes() : c.no()).evaluate(names));
    };
  }

  /** Returns the value if the expression has no names. */
  default Optional<BigInteger> constant() {
    return evaluate(name -> Optional.empty());
  }

  private static BigInteger apply(String operator, BigInteger v) {
    return switch (operator) {
      case "-" -> v.negate();
      case "~" -> v.not();
      case "!" -> truth(v.signum() == 0);
      default -> v;
    };
  }

  private static BigInteger truth(boolean holds) {
    return holds ? BigInteger.ONE : BigInteger.ZERO;
  }

  private static Optional<BigInteger> apply(String operator, BigInteger a, BigInteger b) {
    boolean shift = operator.equals("<<") || operator.equals(">>");
    boolean division = operator.equals("/") || operator.equals("%");
    if ((shift && (b.signum() < 0 || b.bitLength() > 6)) || (division && b.signum() == 0)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (operator) {
          case "+" -> a.add(b);
          case "-" -> a.subtract(b);
          case "*" -> a.multiply(b);
          case "/" -> a.divide(b);
          case "%" -> a.remainder(b);
          case "<<" -> a.shiftLeft(b.intValue());
          case ">>" -> a.shiftRight(b.intValue());
          case "&" -> a.and(b);
          case "|" -> a.or(b);
          case "^" -> a.xor(b);
          case "&&" -> truth(a.signum() != 0 && b.signum() != 0);
          case "||" -> truth(a.signum() != 0 || b.signum() != 0);
          case "==" -> truth(a.equals(b));
          case "!=" -> truth(!a.equals(b));
          case "<" -> truth(a.compareTo(b) < 0);
          case "<=" -> truth(a.compareTo(b) <= 0);
          case ">" -> truth(a.compareTo(b) > 0);
          case ">=" -> truth(a.compareTo(b) >= 0);
          default -> throw new IllegalStateException("operator " + operator);
        });
  }

  /** Recursive descent, one level per precedence. */
  final class Parser {
    private static final Pattern TOKEN =
        Pattern.compile(
            "\\s*(0[xX][0-9a-fA-F]+[uUlL]*|[0-9]+[uUlL]*|[A-Za-z_][A-Za-z_0-9]*"
                + "|<<|>>|<=|>=|==|!=|&&|\\|\\||[-+*/%&|^~!<>()?:])");
    private static final Pattern SOURCE_TOKEN =
        Pattern.compile(TOKEN.pattern().replace("()?:]", "()?:,]"));
    private static final Set<String> SUFFIXES =
        Set.of("", "u", "l", "ul", "lu", "ll", "ull", "llu");
    private static final Set<String> KEYWORDS =
        Set.of("asm", "__asm__", "sizeof", "typeof", "return", "goto", "if", "else", "while", "do");
    private static final Set<String> STATEMENTS =
        Set.of("asm", "__asm", "__asm__", "return", "goto", "if", "else", "while", "do", "for");
    private static final List<List<String>> LEVELS =
        List.of(
            List.of("||"),
            List.of("&&"),
            List.of("|"),
            List.of("^"),
            List.of("&"),
            List.of("==", "!="),
            List.of("<=", ">=", "<", ">"),
            List.of("<<", ">>"),
            List.of("+", "-"),
            List.of("*", "/", "%"));
    private static final int DEEPEST = 64;

    private final String text;
    private final List<String> tokens;
    private int at;
    private int depth;

    /** Returns whether the text is made of an expression's tokens alone and stays within itself. */
    private static boolean bounded(String text) {
      Matcher token = SOURCE_TOKEN.matcher(text);
      int end = 0;
      int open = 0;
      while (token.find() && token.start() == end) {
        String t = token.group(1);
        open += t.equals("(") ? 1 : t.equals(")") ? -1 : 0;
        if (open < 0 || STATEMENTS.contains(t) || t.equals(",") && open == 0) {
          return false;
        }
        end = token.end();
      }
      return end > 0 && open == 0 && text.substring(end).isBlank();
    }

    private Parser(String text) {
      this.text = text;
      java.util.ArrayList<String> found = new java.util.ArrayList<>();
      Matcher matcher = TOKEN.matcher(text);
      int end = 0;
      while (matcher.find() && matcher.start() == end) {
        found.add(matcher.group(1));
        end = matcher.end();
      }
      if (!text.substring(end).isBlank()) {
        throw new DefinitionException(
            "\"%s\" is no integer expression: \"%s\" is not allowed in it; use literals, names, operators and parentheses"
                .formatted(text, text.substring(end).strip().charAt(0)));
      }
      this.tokens = List.copyOf(found);
    }

    private CExpression whole() {
      CExpression expression = conditional();
      if (at < tokens.size()) {
        throw wrong("\"" + tokens.get(at) + "\" stands where the expression should end");
      }
      return expression;
    }

    private DefinitionException wrong(String what) {
      return new DefinitionException("\"%s\" is no integer expression: %s".formatted(text, what));
    }

    private boolean accept(String token) {
      boolean there = at < tokens.size() && tokens.get(at).equals(token);
      at += there ? 1 : 0;
      return there;
    }

    private void expect(String token) {
      if (!accept(token)) {
        throw wrong("\"" + token + "\" is missing");
      }
    }

    private CExpression conditional() {
      CExpression condition = binary(0);
      if (!accept("?")) {
        return condition;
      }
      CExpression yes = conditional();
      expect(":");
      return new Conditional(condition, yes, conditional());
    }

    private CExpression binary(int level) {
      if (level == LEVELS.size()) {
        return unary();
      }
      CExpression left = binary(level + 1);
      while (at < tokens.size() && LEVELS.get(level).contains(tokens.get(at))) {
        String operator = tokens.get(at++);
        left = new Binary(operator, left, binary(level + 1));
      }
      return left;
    }

    private CExpression unary() {
      if (++depth > DEEPEST) {
        throw wrong("it is nested too deeply");
      }
      try {
        for (String operator : List.of("-", "~", "!", "+")) {
          if (accept(operator)) {
            return new Unary(operator, unary());
          }
        }
        return primary();
      } finally {
        depth--;
      }
    }

    private CExpression primary() {
      if (at >= tokens.size()) {
        throw wrong("an operand is missing");
      }
      if (accept("(")) {
        CExpression inner = conditional();
        expect(")");
        return inner;
      }
      String token = tokens.get(at++);
      if (Character.isDigit(token.charAt(0))) {
        return literal(token);
      }
      if (!Character.isJavaIdentifierStart(token.charAt(0)) || KEYWORDS.contains(token)) {
        throw wrong("\"" + token + "\" is no operand");
      }
      return new Identifier(token);
    }

    private CExpression literal(String token) {
      String digits = token.replaceAll("[uUlL]+$", "");
      String suffix = token.substring(digits.length());
      if (!SUFFIXES.contains(suffix.toLowerCase(java.util.Locale.ROOT))) {
        throw wrong("\"" + token + "\" is no number");
      }
      boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
      boolean octal = !hex && digits.length() > 1 && digits.startsWith("0");
      try {
        return new Literal(
            new BigInteger(hex ? digits.substring(2) : digits, hex ? 16 : octal ? 8 : 10), suffix);
      } catch (NumberFormatException e) {
        throw wrong("\"" + token + "\" is no number");
      }
    }
  }
}
