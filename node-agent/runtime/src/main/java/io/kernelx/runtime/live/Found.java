// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.Form;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.state.Meta;
import java.util.Optional;

/**
 * A constant as the pins and the module show it.
 *
 * @param id the ConstID
 * @param meta its description, if it is pinned and readable
 * @param state its state in the module, if it is there
 */
record Found(int id, Optional<Meta> meta, Optional<Constants.State> state) {

  /**
   * Returns whether it is only what a process left that died while loading or unloading: loading
   * ends with activation, and unloading begins with its opposite.
   */
  boolean leftover() {
    return meta.isEmpty() || state.isEmpty() || !state.get().active() && !moving();
  }

  /** Returns whether tasks go over from one value to another just now. */
  boolean moving() {
    return state.isPresent() && state.get().moving();
  }

  /** Returns whether it is loaded in the form that is asked for, if one is. */
  boolean suits(Optional<Form> asked) {
    return asked.isEmpty() || asked.get() == meta.orElseThrow().form().form();
  }

  boolean named(String constant) {
    return meta.isPresent() && meta.get().constant().equals(constant);
  }
}
