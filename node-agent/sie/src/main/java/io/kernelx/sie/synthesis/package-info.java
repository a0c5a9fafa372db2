// SPDX-License-Identifier: Apache-2.0
/**
 * Finds how the constant enters each function, proves it, and chooses where to probe and what to
 * write.
 */
package io.kernelx.sie.synthesis;
