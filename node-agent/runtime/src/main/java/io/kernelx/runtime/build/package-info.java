// SPDX-License-Identifier: Apache-2.0
/** Runs of build tools, and digests under which their results are kept. */
package io.kernelx.runtime.build;
