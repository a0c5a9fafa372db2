// SPDX-License-Identifier: Apache-2.0
/** A builder's duty: from a KernelBuild to this builder's answer. Knows no API client. */
package io.kernelx.agent.build;
