// SPDX-License-Identifier: Apache-2.0
/** What the running kernel says of itself, and what this machine lacks for loading. */
package io.kernelx.runtime.facts;
