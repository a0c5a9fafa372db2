// SPDX-License-Identifier: Apache-2.0
/**
 * What the rest of the system sees of a live kernel: one interface, its requests and its answers.
 */
package io.kernelx.runtime;
