// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kernelx.agent.cluster.ApiErrors;
import io.kernelx.sie.decode.DecoderUnavailableException;

/** Turns whatever ends a command into one sentence and an exit code. */
final class ErrorSentence {
  private ErrorSentence() {}

  /** Prints the sentence and returns the exit code. */
  static int report(Exception e, Output output) {
    ExitCode code = ExitCode.ERROR;
    String sentence;
    switch (e) {
      case Failure failure -> {
        code = failure.code();
        sentence = failure.getMessage();
      }
      case KubernetesClientException api ->
          sentence = "A request to the cluster failed: " + ApiErrors.sentence(api);
      case DecoderUnavailableException decoder -> {
        code = ExitCode.MISSING;
        sentence = decoder.getMessage();
      }
      case InterruptedException interrupted -> sentence = "Stopped.";
      default ->
          sentence =
              "Something went wrong that should not (%s%s); please report it."
                  .formatted(
                      e.getClass().getSimpleName(),
                      e.getMessage() == null ? "" : ": " + e.getMessage());
    }
    output.progress("xkernel-tool: " + sentence);
    if (code == ExitCode.ERROR && System.getenv("XKERNEL_DEBUG") != null) {
      e.printStackTrace(output.err());
    }
    return code.number();
  }
}
