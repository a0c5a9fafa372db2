// SPDX-License-Identifier: Apache-2.0
/**
 * Executes instructions over bit-vectors: expressions, their simplifier, the solver, the machine.
 */
package io.kernelx.sie.symbolic;
