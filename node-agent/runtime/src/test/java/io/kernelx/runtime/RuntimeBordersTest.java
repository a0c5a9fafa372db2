// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** Packages stand in the order in which data flows through them; each sees those before it. */
@AnalyzeClasses(
    packages = "io.kernelx.runtime",
    importOptions = ImportOption.DoNotIncludeTests.class)
class RuntimeBordersTest {

  @ArchTest
  static final ArchRule FLOW =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("io.kernelx.runtime..")
          .layer("api")
          .definedBy("io.kernelx.runtime")
          .layer("libc")
          .definedBy("io.kernelx.runtime.libc")
          .layer("build")
          .definedBy("io.kernelx.runtime.build")
          .layer("facts")
          .definedBy("io.kernelx.runtime.facts")
          .layer("text")
          .definedBy("io.kernelx.runtime.text")
          .layer("module")
          .definedBy("io.kernelx.runtime.module")
          .layer("bpf")
          .definedBy("io.kernelx.runtime.bpf")
          .layer("stub")
          .definedBy("io.kernelx.runtime.stub")
          .layer("state")
          .definedBy("io.kernelx.runtime.state")
          .layer("live")
          .definedBy("io.kernelx.runtime.live")
          .whereLayer("live")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("state")
          .mayOnlyBeAccessedByLayers("live")
          .whereLayer("stub")
          .mayOnlyBeAccessedByLayers("live")
          .whereLayer("bpf")
          .mayOnlyBeAccessedByLayers("live")
          .whereLayer("module")
          .mayOnlyBeAccessedByLayers("live")
          .whereLayer("text")
          .mayOnlyBeAccessedByLayers("live")
          .whereLayer("facts")
          .mayOnlyBeAccessedByLayers("live")
          .whereLayer("build")
          .mayOnlyBeAccessedByLayers("module", "stub", "live")
          .whereLayer("libc")
          .mayOnlyBeAccessedByLayers("module", "bpf", "live");

  @ArchTest
  static final ArchRule NO_KUBERNETES =
      ArchRuleDefinition.noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.fabric8..", "io.kernelx.api..", "io.kernelx.agent..");
}
