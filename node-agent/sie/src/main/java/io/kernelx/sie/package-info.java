// SPDX-License-Identifier: Apache-2.0
/** The SIE compiler: from a definition and a kernel to a proved plan or a refusal. */
package io.kernelx.sie;
