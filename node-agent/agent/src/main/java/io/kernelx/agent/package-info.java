// SPDX-License-Identifier: Apache-2.0
/** The node agent and {@code xkernel-tool}. */
package io.kernelx.agent;
