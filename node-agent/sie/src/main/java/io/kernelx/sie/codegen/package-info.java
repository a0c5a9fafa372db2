// SPDX-License-Identifier: Apache-2.0
/** Writes what enforces a plan: a BPF stub, or the sites of a native module. */
package io.kernelx.sie.codegen;
