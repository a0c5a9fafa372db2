// SPDX-License-Identifier: Apache-2.0
/**
 * The custom resources of group {@code kernelx.io}, version {@code v1alpha1}, all cluster-scoped.
 * The CRD manifests under {@code crds/generated} are generated from these types.
 */
package io.kernelx.api.v1alpha1;
