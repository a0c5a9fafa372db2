// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.client.Client;
import java.time.Instant;

/** Packages stand in the order in which data flows through them. */
@AnalyzeClasses(
    packages = "io.kernelx.operator",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule DATA_FLOWS_ONE_WAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("config")
          .definedBy("..operator.config..")
          .layer("definition")
          .definedBy("..operator.definition..")
          .layer("observe")
          .definedBy("..operator.observe..")
          .layer("validate")
          .definedBy("..operator.validate..")
          .layer("build")
          .definedBy("..operator.build..")
          .layer("rollout")
          .definedBy("..operator.rollout..")
          .layer("cluster")
          .definedBy("..operator.cluster..")
          .layer("status")
          .definedBy("..operator.status..")
          .layer("dispatch")
          .definedBy("..operator.dispatch..")
          .layer("controller")
          .definedBy("..operator.controller..")
          .whereLayer("controller")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("dispatch")
          .mayOnlyBeAccessedByLayers("controller")
          .whereLayer("status")
          .mayOnlyBeAccessedByLayers("controller")
          .whereLayer("cluster")
          .mayOnlyBeAccessedByLayers("status", "dispatch", "controller")
          .whereLayer("rollout")
          .mayOnlyBeAccessedByLayers("status", "controller")
          .whereLayer("build")
          .mayOnlyBeAccessedByLayers("rollout", "controller")
          .whereLayer("validate")
          .mayOnlyBeAccessedByLayers("status", "controller")
          .whereLayer("config")
          .mayOnlyBeAccessedByLayers("controller");

  @ArchTest
  static final ArchRule OF_OUR_MODULES_ONLY_THE_RESOURCES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.kernelx.sie..", "io.kernelx.runtime..", "io.kernelx.agent..");

  @ArchTest
  static final ArchRule DECISIONS_TOUCH_NO_CLUSTER =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..observe..", "..validate..", "..build..", "..rollout..", "..status..")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Client.class)
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("io.fabric8.kubernetes.client.dsl..", "io.javaoperatorsdk..");

  @ArchTest
  static final ArchRule TIME_IS_GIVEN = noClasses().should().callMethod(Instant.class, "now");

  @ArchTest
  static final ArchRule THE_SDK_STAYS_IN_THE_CONTROLLER =
      classes()
          .that()
          .resideOutsideOfPackage("..controller..")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("io.javaoperatorsdk..", "jakarta..");
}
