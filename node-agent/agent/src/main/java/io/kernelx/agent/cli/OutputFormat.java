// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

/** The forms that answers come in. */
enum OutputFormat {
  text,
  json
}
