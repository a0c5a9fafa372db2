// SPDX-License-Identifier: Apache-2.0
/** The command line: one class for each command, and the duties put together. */
package io.kernelx.agent.cli;
