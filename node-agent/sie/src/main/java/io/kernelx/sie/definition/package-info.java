// SPDX-License-Identifier: Apache-2.0
/** What a tunable is: strict TOML, the replacement in the source, and the values to try. */
package io.kernelx.sie.definition;
