// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.commons.support.AnnotationSupport;

/** Hands tests their {@link Cluster}; see {@link ClusterTest}. */
public final class ClusterExtension implements BeforeAllCallback, ParameterResolver, TestWatcher {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(ClusterExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    of(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Cluster.class;
  }

  @Override
  public Cluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return of(context);
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    String test =
        context.getRequiredTestClass().getSimpleName()
            + "."
            + context.getTestMethod().map(method -> method.getName()).orElse("class");
    Path folder = Path.of("target", "testbed-logs", test);
    of(context).copyLogs(folder);
    context.publishReportEntry("testbed logs", folder.toAbsolutePath().toString());
  }

  /**
   * The cluster of a test class, for extensions that build on this one. The store of the whole run
   * closes it when the run ends.
   *
   * @param context of a class that {@link ClusterTest} stands at, or one of its tests
   */
  public static Cluster of(ExtensionContext context) {
    boolean nodes = needsNodes(context.getRequiredTestClass());
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(nodes, key -> start(nodes, System.getenv()), Cluster.class);
  }

  private static boolean needsNodes(Class<?> test) {
    for (Class<?> c = test; c != null; c = c.getEnclosingClass()) {
      Optional<ClusterTest> found = AnnotationSupport.findAnnotation(c, ClusterTest.class);
      if (found.isPresent()) {
        return found.get().nodes();
      }
    }
    return true;
  }

  private static Cluster start(boolean nodes, Map<String, String> environment) {
    TestbedCommand testbed = new TestbedScript(TestbedScript.ofThisCheckout(), Map.of());
    Optional<String> running = Optional.ofNullable(environment.get("KERNELX_TESTBED"));
    if (running.isPresent()) {
      return Cluster.attach(running.get(), testbed);
    }
    String kind = nodes ? "test" : "test-api";
    String name = kind + "-" + ProcessHandle.current().pid();
    return Cluster.start(name, testbed, options(nodes, environment));
  }

  static List<String> options(boolean nodes, Map<String, String> environment) {
    if (!nodes) {
      return List.of("--nodes", "none");
    }
    List<String> options = new ArrayList<>();
    for (String image : environment.getOrDefault("KERNELX_TESTBED_IMAGES", "").split(":")) {
      if (!image.isBlank()) {
        options.addAll(List.of("--image", Path.of(image).toAbsolutePath().toString()));
      }
    }
    String disk = environment.getOrDefault("KERNELX_TESTBED_NODE_DISK", "");
    if (!disk.isBlank() && Files.exists(Path.of(disk))) {
      options.addAll(List.of("--node-disk", disk));
    }
    String cache = environment.getOrDefault("KERNELX_TESTBED_NODE_CACHE", "");
    if (!cache.isBlank() && Files.isDirectory(Path.of(cache))) {
      options.addAll(List.of("--node-cache", cache));
    }
    return options;
  }
}
