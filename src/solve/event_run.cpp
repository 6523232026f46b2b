// SPDX-License-Identifier: MIT
#include "solve/event_run.hpp"

#include <functional>

#include "kernel/memory_budget.hpp"
#include "runtime/event_engine.hpp"
#include "solve/event_ground.hpp"
#include "solve/remote_run.hpp"
#include "solve/reporting.hpp"

namespace entente {

runtime::RunResult run_event_driven(const Problem& problem, const Algorithm& algorithm,
                                    std::span<const Setting> settings, runtime::RunControl& control,
                                    const Hosting& hosting, const SolveRequest& request) {
  runtime::RunResult result;
  result.end = runtime::RunEnd::infeasible;
  const bool holds = !algorithm.info.complete || constants_hold(problem);
  if (!holds && !algorithm.whole_tables) return result;
  const std::uint64_t memory = request.memory ? request.memory : half_of_free_memory();
  EventGround ground(problem, algorithm, settings, memory);
  if (!holds) return result;
  const CycleTraffic unknown;  // what is sent is counted message by message
  Reporter reporter(request, unknown, algorithm.periodic, control.proof);
  if (reporter.wanted() && !algorithm.whole_tables) control.on_cycle = std::ref(reporter);
  if (is_remote(request, hosting))
    return run_remote_events({problem, algorithm, settings, control, hosting, *request.crew, memory});
  const runtime::EventTopology topology = ground.topology(hosting.host.data());
  result = runtime::run_events(problem, algorithm, topology, control, settings, &ground.workspace);
  ground.conclude(result);
  return result;
}

}  // namespace entente
