// SPDX-License-Identifier: Apache-2.0
/** What stands on this machine about what is loaded: the pins, the node's lock, the tables. */
package io.kernelx.runtime.state;
