// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent;

/** The command line's entry. */
public final class XkernelTool {
  private XkernelTool() {}

  public static void main(String[] args) {
    System.out.println("xkernel-tool");
  }
}
