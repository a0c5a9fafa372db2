// SPDX-License-Identifier: Apache-2.0
/** The BPF object of a plan, compiled and kept. */
package io.kernelx.runtime.stub;
