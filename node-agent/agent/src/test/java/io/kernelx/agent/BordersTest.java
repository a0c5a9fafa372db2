// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The module's packages stand in the order in which data flows through them. */
@AnalyzeClasses(packages = "io.kernelx.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class BordersTest {

  @ArchTest
  static final ArchRule ORDER =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("build")
          .definedBy("io.kernelx.agent.build..")
          .layer("node")
          .definedBy("io.kernelx.agent.node..")
          .layer("cluster")
          .definedBy("io.kernelx.agent.cluster..")
          .layer("cli")
          .definedBy("io.kernelx.agent.cli..")
          .layer("entry")
          .definedBy("io.kernelx.agent")
          .whereLayer("entry")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("cli")
          .mayOnlyBeAccessedByLayers("entry")
          .whereLayer("cluster")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("node")
          .mayOnlyBeAccessedByLayers("cluster", "cli")
          .whereLayer("build")
          .mayOnlyBeAccessedByLayers("cluster", "cli");

  @ArchTest
  static final ArchRule DUTIES_KNOW_NO_CLIENT =
      noClasses()
          .that()
          .resideInAnyPackage("io.kernelx.agent.node..", "io.kernelx.agent.build..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.fabric8.kubernetes.client.dsl..", "picocli..");

  @ArchTest
  static final ArchRule NO_OPERATOR =
      noClasses().should().dependOnClassesThat().resideInAPackage("io.kernelx.operator..");
}
