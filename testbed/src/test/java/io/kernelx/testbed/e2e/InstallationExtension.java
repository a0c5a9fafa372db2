// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import io.kernelx.testbed.Cluster;
import io.kernelx.testbed.ClusterExtension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One installation per run; the run's end closes it before its cluster. */
final class InstallationExtension implements ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(InstallationExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Installation.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Cluster cluster = ClusterExtension.of(context);
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            "installation", key -> Installation.into(cluster), Installation.class);
  }
}
