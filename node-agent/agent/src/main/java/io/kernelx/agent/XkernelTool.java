// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent;

import io.kernelx.agent.cli.Main;

/** The entry of {@code xkernel-tool}. */
public final class XkernelTool {
  private XkernelTool() {}

  public static void main(String[] args) {
    System.exit(Main.run(args, System.getenv()));
  }
}
