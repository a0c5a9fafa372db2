// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.kernelx.operator.config.OperatorConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The operator in the test's own process, put together as in production. */
public final class OperatorInProcess implements AutoCloseable {

  private final Operator operator;

  private record Settings(Optional<List<String>> builders) implements OperatorConfig {
    @Override
    public String namespace() {
      return "kernelx-system";
    }

    @Override
    public Optional<String> deployment() {
      return Optional.empty();
    }

    @Override
    public Path catalogue() {
      return Path.of("..", "tunables");
    }

    @Override
    public String plannerVersion() {
      return "1";
    }

    @Override
    public Agent agent() {
      return new Agent() {
        @Override
        public boolean dispatch() {
          return true;
        }

        @Override
        public String image() {
          return "localhost/kernelx/agent:test";
        }

        @Override
        public String pullPolicy() {
          return "Never";
        }

        @Override
        public String serviceAccount() {
          return "kernelx-agent";
        }

        @Override
        public Optional<String> form() {
          return Optional.empty();
        }

        @Override
        public Optional<String> resources() {
          return Optional.of("{\"requests\": {\"cpu\": \"20m\"}}");
        }

        @Override
        public Optional<String> tolerations() {
          return Optional.of("[{\"operator\": \"Exists\"}]");
        }
      };
    }
  }

  /** Starts it. */
  public OperatorInProcess(KubernetesClient client, List<String> builders) {
    OperatorConfig config =
        new Settings(builders.isEmpty() ? Optional.empty() : Optional.of(builders));
    OperatorBeans beans = new OperatorBeans();
    CachedFleet fleet = beans.fleet();
    var clock = beans.clock();
    var writer = beans.writer(client, fleet, clock);
    var aggregator = beans.aggregator();
    var recorder = beans.recorder(writer);
    var dispatcher = beans.dispatcher(fleet, client, config);
    operator =
        new Operator(
            o ->
                o.withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withReconciliationTerminationTimeout(Duration.ofSeconds(2))
                    // A server that closes a connection: a pod would be started again, this process
                    // is not.
                    .withStopOnInformerErrorDuringStartup(false)
                    .checkingCRDAndValidateLocalModel(false));
    operator.register(
        new KernelTunableReconciler(
            beans.reconciliation(fleet, config, writer, aggregator, recorder, clock),
            beans.cleanup(fleet, writer, aggregator, recorder, clock),
            dispatcher,
            fleet,
            config));
    operator.register(
        new KernelBuildReconciler(
            beans.reports(), writer, beans.pruner(fleet, config, clock), fleet));
    operator.register(
        new NodeTuningReconciler(beans.upkeep(fleet, writer, client), dispatcher, fleet));
    operator.start();
  }

  @Override
  public void close() {
    operator.stop();
  }
}
