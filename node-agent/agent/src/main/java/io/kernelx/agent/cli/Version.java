// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, from the jar's manifest; {@code dev} when run from classes. */
final class Version implements IVersionProvider {

  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"xkernel-tool " + text()};
  }
}
