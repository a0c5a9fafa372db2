// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Runs programs as child processes. Thread-safe. */
public final class ProcessRunner implements CommandRunner {
  @Override
  public Result run(Command command) {
    String name = command.words().get(0);
    ProcessBuilder builder =
        new ProcessBuilder(command.words()).directory(command.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    try {
      Process process = builder.start();
      CompletableFuture<byte[]> output = read(process.getInputStream());
      CompletableFuture<byte[]> errors = read(process.getErrorStream());
      try (OutputStream input = process.getOutputStream()) {
        input.write(command.input());
      } catch (IOException ended) {
        // The program ended without reading everything; its exit code says why.
      }
      if (!process.waitFor(command.limit().toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new CommandFailedException(
            "%s did not end within %d seconds".formatted(name, command.limit().toSeconds()), null);
      }
      return new Result(process.exitValue(), output.get(), errors.get());
    } catch (IOException e) {
      throw new CommandFailedException(
          "%s could not be started: %s".formatted(name, e.getMessage()), e);
    } catch (ExecutionException e) {
      throw new CommandFailedException("the output of %s could not be read".formatted(name), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("%s was interrupted".formatted(name), e);
    }
  }

  private static CompletableFuture<byte[]> read(InputStream stream) {
    CompletableFuture<byte[]> content = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (stream) {
                content.complete(stream.readAllBytes());
              } catch (IOException e) {
                content.completeExceptionally(e);
              }
            });
    return content;
  }
}
