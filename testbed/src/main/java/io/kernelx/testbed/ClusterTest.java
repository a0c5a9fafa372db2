// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that needs a cluster: parameters of type {@link Cluster} are given one, which all
 * such classes of a test run share, and which is taken down at the end of the run. With the
 * environment variable {@code KERNELX_TESTBED=NAME} it is the bed of that name, which runs already
 * and is left up. What fails leaves the bed's logs in {@code target/testbed-logs}.
 *
 * <p>{@code KERNELX_TESTBED_IMAGES} (paths of image tars, colon between) says what images the nodes
 * have; {@code KERNELX_TESTBED_NODE_DISK} is a disk that the nodes see at {@code
 * /usr/src/linux-source}; {@code KERNELX_TESTBED_NODE_CACHE} is a folder with what nodes, a folder
 * each, have at first in {@code /var/lib/kernelx}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
public @interface ClusterTest {

  /**
   * Whether the test needs nodes; without them the cluster is a control plane only, up in 10
   * seconds. The two kinds of cluster are separate beds.
   */
  boolean nodes() default true;
}
