// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import java.time.Clock;
import java.util.List;

/**
 * The commands, with what each needs.
 *
 * @param all every command of this version
 */
record Commands(List<Object> all) {

  static Commands of(Machine machine, Output output, Clock clock) {
    return new Commands(
        List.of(
            new PlanCommand(machine, output),
            new BuildCommand(machine, output),
            new LoadCommand(machine, output),
            new UnloadCommand(machine, output),
            new StatusCommand(machine, output),
            new TransitionStatsCommand(machine, output),
            new TableCommand(machine, output),
            new GenCommand(output),
            new DoctorCommand(machine, output),
            new AgentCommand(new AgentDuty(machine, output, clock)),
            new BuilderCommand(machine, output, clock),
            new RemoveTunablesCommand(output, clock)));
  }
}
