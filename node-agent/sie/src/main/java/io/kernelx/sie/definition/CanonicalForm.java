// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * Writes records as text: {@code path=value}, a line each. Texts are quoted, so that no value can
 * look like another line.
 */
final class CanonicalForm {
  private final StringBuilder out = new StringBuilder();

  private CanonicalForm() {}

  static String of(Definition definition) {
    CanonicalForm form = new CanonicalForm();
    form.write("definition", definition);
    return form.out.toString();
  }

  private void write(String path, Object value) {
    switch (value) {
      case Record fields -> {
        line(path, fields.getClass().getSimpleName());
        for (RecordComponent component : fields.getClass().getRecordComponents()) {
          write(path + "." + component.getName(), field(fields, component));
        }
      }
      case List<?> list -> {
        line(path + ".size", Integer.toString(list.size()));
        for (int i = 0; i < list.size(); i++) {
          write(path + "[" + i + "]", list.get(i));
        }
      }
      case Optional<?> optional -> optional.ifPresent(v -> write(path, v));
      case String text -> line(path, quote(text));
      case BigInteger number -> line(path, number.toString());
      case Integer number -> line(path, number.toString());
      case Enum<?> name -> line(path, name.name());
      case Boolean truth -> line(path, truth.toString());
      default -> throw new IllegalStateException("no canonical form for " + value.getClass());
    }
  }

  private static Object field(Record fields, RecordComponent component) {
    try {
      return component.getAccessor().invoke(fields);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no access to " + component, e);
    }
  }

  private void line(String path, String value) {
    out.append(path).append('=').append(value).append('\n');
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
