// SPDX-License-Identifier: Apache-2.0
/** Loading, changing and unloading, from all the parts. */
package io.kernelx.runtime.live;
