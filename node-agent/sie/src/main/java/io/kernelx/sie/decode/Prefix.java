// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

/** Prefixes that change what an instruction does. */
public enum Prefix {
  LOCK,
  REP,
  REPE,
  REPNE,
  NOTRACK
}
