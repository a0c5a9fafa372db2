// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import io.kernelx.testbed.ClusterTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test class whose parameters of type {@link Installation} get the run's installation. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClusterTest
@Tag("e2e")
@ExtendWith(InstallationExtension.class)
@interface InstalledTest {}
