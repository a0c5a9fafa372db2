// SPDX-License-Identifier: Apache-2.0
/** Finds a kernel's source and configuration, prepares them once, and compiles units from them. */
package io.kernelx.sie.kernel;
