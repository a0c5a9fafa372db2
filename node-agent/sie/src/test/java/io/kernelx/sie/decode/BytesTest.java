// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BytesTest {
  @Test
  void fieldsAreLittleEndian() {
    Bytes bytes = Bytes.ofHex("fe ff 01 80");
    assertThat(bytes.unsigned(0, 2)).isEqualTo(0xfffe);
    assertThat(bytes.signed(0, 2)).isEqualTo(-2);
    assertThat(bytes.signed(0, 4)).isEqualTo(0xffff_ffff_8001_fffeL);
    assertThat(bytes.unsigned(0, 0)).isZero();
  }

  @Test
  void whatGoesInCannotBeChangedAfterwards() {
    byte[] raw = {1, 2};
    Bytes bytes = Bytes.of(raw);
    raw[0] = 9;
    bytes.toArray()[1] = 9;
    assertThat(bytes).isEqualTo(Bytes.ofHex("0102")).hasToString("0102");
  }

  @Test
  void slicesStayInside() {
    assertThat(Bytes.ofHex("010203").slice(1, 2)).isEqualTo(Bytes.ofHex("02"));
    assertThatThrownBy(() -> Bytes.ofHex("01").slice(0, 2))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("bytes 0 to 2 of 1");
  }
}
