// SPDX-License-Identifier: Apache-2.0
/** Carries out one node's orders on its kernel, and says how they stand. Knows no API client. */
package io.kernelx.agent.node;
