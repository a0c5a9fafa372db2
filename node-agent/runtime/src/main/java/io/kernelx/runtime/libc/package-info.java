// SPDX-License-Identifier: Apache-2.0
/** The few system calls that the runtime makes. */
package io.kernelx.runtime.libc;
