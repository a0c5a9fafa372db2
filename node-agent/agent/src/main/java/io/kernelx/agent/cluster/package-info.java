// SPDX-License-Identifier: Apache-2.0
/** The duties at work against an API server: watches, writes, and what becomes of errors. */
package io.kernelx.agent.cluster;
