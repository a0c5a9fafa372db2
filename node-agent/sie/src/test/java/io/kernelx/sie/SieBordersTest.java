// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** Packages stand in the order in which data flows through them; the library knows no cluster. */
@AnalyzeClasses(packages = "io.kernelx.sie", importOptions = ImportOption.DoNotIncludeTests.class)
class SieBordersTest {

  @ArchTest
  static final ArchRule FLOW =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("facade")
          .definedBy("io.kernelx.sie")
          .layer("codegen")
          .definedBy("io.kernelx.sie.codegen")
          .layer("span")
          .definedBy("io.kernelx.sie.span")
          .layer("synthesis")
          .definedBy("io.kernelx.sie.synthesis")
          .layer("symbolic")
          .definedBy("io.kernelx.sie.symbolic")
          .layer("diff")
          .definedBy("io.kernelx.sie.diff")
          .layer("object")
          .definedBy("io.kernelx.sie.object")
          .layer("decode")
          .definedBy("io.kernelx.sie.decode")
          .layer("kernel")
          .definedBy("io.kernelx.sie.kernel")
          .layer("definition")
          .definedBy("io.kernelx.sie.definition")
          .layer("plan")
          .definedBy("io.kernelx.sie.plan")
          .whereLayer("facade")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("codegen")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("span")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("synthesis")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("symbolic")
          .mayOnlyBeAccessedByLayers("facade", "synthesis", "span")
          .whereLayer("diff")
          .mayOnlyBeAccessedByLayers("facade", "synthesis", "span")
          .whereLayer("kernel")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("plan")
          .mayOnlyBeAccessedByLayers(
              "facade",
              "codegen",
              "span",
              "synthesis",
              "symbolic",
              "diff",
              "object",
              "decode",
              "kernel",
              "definition");

  @ArchTest
  static final ArchRule NO_KUBERNETES =
      ArchRuleDefinition.noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..", "io.kernelx.api..");
}
