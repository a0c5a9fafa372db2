// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.definition;

import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlInvalidTypeException;
import org.tomlj.TomlParseResult;

/**
 * Reads which constant a definition is about. What else a definition says is checked by the
 * builders, which compile it.
 */
public final class DefinitionReader {

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /**
   * Reads a definition of a single constant.
   *
   * @throws InvalidDefinitionException if it is not TOML, or names no constant
   */
  public Definition read(String text) throws InvalidDefinitionException {
    TomlParseResult toml = Toml.parse(text);
    if (toml.hasErrors()) {
      var error = toml.errors().getFirst();
      throw new InvalidDefinitionException(
          "the definition is not TOML: line %d: %s"
              .formatted(error.position().line(), error.getMessage()));
    }
    if (toml.contains("tunables")) {
      throw new InvalidDefinitionException(
          "the definition has a list of tunables; give a KernelTunable the definition of one");
    }
    String constant = string(toml, "constant");
    if (constant == null) {
      constant = string(toml, "name");
    }
    if (constant == null) {
      throw new InvalidDefinitionException(
          "the definition names no constant; add a line such as: constant = \"SHRINK_BATCH\"");
    }
    if (!IDENTIFIER.matcher(constant).matches() || constant.length() > 128) {
      throw new InvalidDefinitionException(
          "the definition's constant '%s' is not an identifier".formatted(constant));
    }
    return Definition.of(constant, text);
  }

  private static String string(TomlParseResult toml, String key) throws InvalidDefinitionException {
    try {
      return toml.getString(key);
    } catch (TomlInvalidTypeException e) {
      throw new InvalidDefinitionException("the definition's %s must be a string".formatted(key));
    }
  }
}
