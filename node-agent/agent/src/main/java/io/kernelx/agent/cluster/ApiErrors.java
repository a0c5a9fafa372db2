// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** Says in a sentence why a request failed. */
public final class ApiErrors {
  private ApiErrors() {}

  /** Returns what the API server said, or why it could not be reached. */
  public static String sentence(KubernetesClientException e) {
    if (e.getStatus() != null && e.getStatus().getMessage() != null) {
      return e.getStatus().getMessage();
    }
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return e.getCode() == 0 ? "the API server cannot be reached (" + text + ")" : text;
  }
}
