// SPDX-License-Identifier: Apache-2.0
/** Writes the BPF stub that enforces a plan. */
package io.kernelx.sie.codegen;
