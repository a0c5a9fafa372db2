// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Turns records into JSON objects and back, strictly: every component is there, nothing else is,
 * and each has exactly its type. Components are records, lists, enums, strings, ints, longs and
 * booleans. Keys stand in the order of the components; enum names are written in lowerCamelCase.
 */
final class RecordJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private RecordJson() {}

  static ObjectNode write(Record value) {
    ObjectNode node = NODES.objectNode();
    for (RecordComponent c : value.getClass().getRecordComponents()) {
      node.set(c.getName(), writeAny(component(c, value)));
    }
    return node;
  }

  private static JsonNode writeAny(Object value) {
    return switch (value) {
      case Record r -> write(r);
      case List<?> list -> {
        ArrayNode array = NODES.arrayNode(list.size());
        list.forEach(item -> array.add(writeAny(item)));
        yield array;
      }
      case Enum<?> e -> TextNode.valueOf(enumText(e));
      case String s -> TextNode.valueOf(s);
      case Integer i -> IntNode.valueOf(i);
      case Long l -> LongNode.valueOf(l);
      case Boolean b -> BooleanNode.valueOf(b);
      default -> throw new IllegalStateException("no JSON form for " + value.getClass());
    };
  }

  /** Reads {@code node} as a {@code type}; {@code where} names the place in messages. */
  static <T extends Record> T read(JsonNode node, Class<T> type, String where)
      throws InvalidPlanException {
    if (!node.isObject()) {
      throw wrong(where, "an object");
    }
    RecordComponent[] components = type.getRecordComponents();
    Set<String> names = new HashSet<>();
    Object[] arguments = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      names.add(name);
      types[i] = components[i].getType();
      if (!node.has(name)) {
        throw new InvalidPlanException("The plan lacks " + where + name + ".");
      }
      arguments[i] = readAny(node.get(name), components[i].getGenericType(), where + name);
    }
    for (var unknown : node.properties()) {
      if (!names.contains(unknown.getKey())) {
        throw new InvalidPlanException(
            "The plan has the unknown key " + where + shorten(unknown.getKey()) + ".");
      }
    }
    return construct(type, types, arguments, where);
  }

  private static Object readAny(JsonNode node, Type type, String where)
      throws InvalidPlanException {
    if (type instanceof ParameterizedType list) {
      if (!node.isArray()) {
        throw wrong(where, "a list");
      }
      List<Object> items = new ArrayList<>(node.size());
      for (int i = 0; i < node.size(); i++) {
        items.add(readAny(node.get(i), list.getActualTypeArguments()[0], where + "[" + i + "]"));
      }
      return items;
    }
    if (type == String.class) {
      return checked(node.isTextual(), node.textValue(), where, "a string");
    }
    if (type == int.class || type == Integer.class) {
      return checked(node.isInt(), node.intValue(), where, "a whole number of 32 bits");
    }
    if (type == long.class) {
      return checked(
          node.isInt() || node.isLong(), node.longValue(), where, "a whole number of 64 bits");
    }
    if (type == boolean.class) {
      return checked(node.isBoolean(), node.booleanValue(), where, "true or false");
    }
    Class<?> c = (Class<?>) type;
    return c.isEnum()
        ? readEnum(node, c, where)
        : read(node, c.asSubclass(Record.class), where + ".");
  }

  private static Object checked(boolean right, Object value, String where, String what)
      throws InvalidPlanException {
    if (!right) {
      throw wrong(where, what);
    }
    return value;
  }

  private static Object readEnum(JsonNode node, Class<?> type, String where)
      throws InvalidPlanException {
    List<String> known = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      String text = enumText((Enum<?>) constant);
      if (node.isTextual() && node.textValue().equals(text)) {
        return constant;
      }
      known.add(text);
    }
    throw wrong(where, "one of " + String.join(", ", known));
  }

  private static String enumText(Enum<?> e) {
    String[] words = e.name().toLowerCase(Locale.ROOT).split("_");
    StringBuilder text = new StringBuilder(words[0]);
    for (int i = 1; i < words.length; i++) {
      text.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
    }
    return text.toString();
  }

  private static Object component(RecordComponent c, Record value) {
    try {
      return c.getAccessor().invoke(value);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T extends Record> T construct(
      Class<T> type, Class<?>[] types, Object[] arguments, String where)
      throws InvalidPlanException {
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new InvalidPlanException("The plan's " + where + " does not hold together.");
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static InvalidPlanException wrong(String where, String what) {
    return new InvalidPlanException("The plan's " + where + " must be " + what + ".");
  }

  private static String shorten(String key) {
    return key.length() > 40 ? key.substring(0, 40) + "…" : key;
  }
}
