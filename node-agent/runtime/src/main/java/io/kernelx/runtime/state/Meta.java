// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.state;

import io.kernelx.runtime.Form;
import io.kernelx.runtime.FormChoice;
import io.kernelx.runtime.Mode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a loaded constant's pinned map says of it: everything that a later process needs and the
 * module does not hold.
 *
 * @param constant the constant's name
 * @param owner the tunable's uid, or {@code cli}
 * @param revision the owner's
 * @param mode the mode it was loaded with
 * @param planDigest of the plan whose value is live
 * @param stubDigest of what the loaded programs were made from
 * @param definitionDigest of the definition behind the plan
 * @param form what its probes act by, and why
 * @param signed whether the value is to be shown as a signed number
 * @param places where its probes and spans are
 */
public record Meta(
    String constant,
    String owner,
    long revision,
    Mode mode,
    String planDigest,
    String stubDigest,
    String definitionDigest,
    FormChoice form,
    boolean signed,
    List<Place> places) {

  /** The version of the text's shape. */
  public static final int VERSION = 1;

  public Meta {
    places = List.copyOf(places);
  }

  /** What a place is. */
  public enum Kind {
    /** A probed instruction. */
    SITE,
    /** A critical span. */
    CS,
    /** A safe span. */
    SS
  }

  /**
   * A range of the kernel's text.
   *
   * @param function the symbol
   * @param start from the function's start
   * @param end byte after the last
   * @param address of {@code start} in this boot
   */
  public record Place(Kind kind, String function, int start, int end, long address) {
    /** Returns whether the two share a byte. */
    public boolean meets(Place other) {
      return address < other.address + (other.end - other.start)
          && other.address < address + (end - start);
    }
  }

  /** Returns the same with another plan and revision: what a change of value changes. */
  public Meta with(String plan, String definition, long newRevision, Mode newMode) {
    return new Meta(
        constant, owner, newRevision, newMode, plan, stubDigest, definition, form, signed, places);
  }

  /** Returns the places of one kind, in their order. */
  public List<Place> places(Kind kind) {
    return places.stream().filter(p -> p.kind() == kind).toList();
  }

  /** Returns it as lines {@code key=value}. */
  public byte[] write() {
    StringBuilder text = new StringBuilder();
    line(text, "version", VERSION);
    line(text, "constant", constant);
    line(text, "owner", owner);
    line(text, "revision", revision);
    line(text, "mode", mode.number());
    line(text, "plan", planDigest);
    line(text, "stub", stubDigest);
    line(text, "definition", definitionDigest);
    line(text, "form", form.form().text());
    line(text, "form_reason", form.reason());
    line(text, "signed", signed);
    for (Place place : places) {
      line(
          text,
          "place",
          String.join(
              " ",
              place.kind().name(),
              place.function(),
              Integer.toString(place.start()),
              Integer.toString(place.end()),
              Long.toHexString(place.address())));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void line(StringBuilder text, String key, Object value) {
    String written = value.toString();
    if (written.indexOf('\n') >= 0 || written.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(key + " holds a line's end");
    }
    text.append(key).append('=').append(written).append('\n');
  }

  /**
   * Reads what {@link #write} wrote. Keys that are not known are passed over, so that an older
   * agent can live with what a newer one loaded.
   *
   * @throws IllegalArgumentException if a key is missing or damaged
   */
  public static Meta read(byte[] bytes) {
    Map<String, String> values = new LinkedHashMap<>();
    List<Place> places = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0 && line.startsWith("place=")) {
        places.add(place(line.substring(equals + 1).split(" ")));
      } else if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return new Meta(
        value(values, "constant"),
        value(values, "owner"),
        Long.parseLong(value(values, "revision")),
        Mode.of(Integer.parseInt(value(values, "mode"))),
        value(values, "plan"),
        value(values, "stub"),
        value(values, "definition"),
        form(values),
        Boolean.parseBoolean(value(values, "signed")),
        places);
  }

  /** What was loaded before there was another form says nothing of it. */
  private static FormChoice form(Map<String, String> values) {
    return new FormChoice(
        Form.of(values.getOrDefault("form", Form.BPF.text())),
        values.getOrDefault("form_reason", "loaded when there was no other form"));
  }

  private static Place place(String[] words) {
    if (words.length != 5) {
      throw new IllegalArgumentException("a place has " + words.length + " words, not 5");
    }
    return new Place(
        Kind.valueOf(words[0]),
        words[1],
        Integer.parseInt(words[2]),
        Integer.parseInt(words[3]),
        Long.parseUnsignedLong(words[4], 16));
  }

  private static String value(Map<String, String> values, String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("the key " + key + " is missing");
    }
    return value;
  }
}
