// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The bed sees the product from outside: its resources, never its insides. */
@AnalyzeClasses(
    packages = "io.kernelx.testbed",
    importOptions = ImportOption.DoNotIncludeTests.class)
class BordersTest {

  @ArchTest
  static final ArchRule FROM_OUTSIDE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.kernelx.operator..",
              "io.kernelx.agent..",
              "io.kernelx.runtime..",
              "io.kernelx.sie..");
}
