// SPDX-License-Identifier: MIT
#include "solve/remote_work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "entente/algorithm/plugin.hpp"
#include "entente/algorithm/registry.hpp"
#include "entente/base/error.hpp"
#include "kernel/local_costs.hpp"
#include "runtime/remote_cycles.hpp"
#include "runtime/remote_events.hpp"
#include "runtime/remote_factors.hpp"
#include "solve/event_ground.hpp"
#include "solve/hosting.hpp"

namespace entente {
namespace {

const Algorithm& algorithm_called(const std::string& name, const std::vector<std::string>& plugins) {
  // A name, never a path: a message must not make an agent load code.
  for (const Algorithm& algorithm : algorithm_table())
    if (algorithm.info.name == name) return algorithm;
  for (const std::string& path : plugins)
    if (const Algorithm& algorithm = load_plugin(path); algorithm.info.name == name) return algorithm;
  throw Error(ErrorCode::wrong_use,
              fmt::format("this agent has no algorithm '{}'; if it is a plug-in's, start the agent with that plug-in",
                          printable(name)));
}

void check(const RemoteJob& job, const Problem& problem, const Algorithm& algorithm) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorCode::bad_input, "a job has " + what); };
  if (job.agent_of.size() != computation_count(problem, algorithm.info.graph))
    refuse(fmt::format("agents for {} computations where there are {}", job.agent_of.size(),
                       computation_count(problem, algorithm.info.graph)));
  for (const std::uint32_t agent : job.agent_of)
    if (agent >= job.addresses.size()) refuse("a computation on an agent that takes no part");
  if (!(job.delay >= 0) || !(job.seconds >= 0)) refuse("times that are no numbers of seconds");
}

}  // namespace

struct RemoteWork::Ground {
  Problem problem;
  const Algorithm& algorithm;
  std::vector<Setting> settings;
  std::vector<std::uint32_t> agent_of;
  runtime::RunControl control;
  std::optional<kernel::LocalCosts> costs = {};
  std::optional<EventGround> events = {};
  runtime::EventTopology topology = {};
};

RemoteWork::RemoteWork(const RemoteJob& job, std::uint32_t me, const std::vector<std::string>& plugins,
                       runtime::RemotePart::Outlet outlet)
    : ground_(new Ground{
          build_problem(job.problem), algorithm_called(job.algorithm, plugins), job.settings, job.agent_of, {}}) {
  Ground& ground = *ground_;
  const Problem& problem = ground.problem;
  const Algorithm& algorithm = ground.algorithm;
  check(job, problem, algorithm);
  ground.control.seed = job.seed;
  ground.control.stop_cycle = job.stop_cycle;
  ground.control.host = ground.agent_of.data();
  if (job.seconds > 0 && job.seconds < 1e9)
    ground.control.deadline =
        runtime::RunControl::Clock::now() +
        std::chrono::duration_cast<runtime::RunControl::Clock::duration>(std::chrono::duration<double>(job.seconds));
  const runtime::RemoteShare share{ground.agent_of, std::uint32_t(job.addresses.size()), me};
  if (algorithm.info.timing == Timing::events) {
    ground.events.emplace(problem, algorithm, ground.settings, job.memory);
    ground.topology = ground.events->topology(ground.agent_of.data());
    EliminationWorkspace& workspace = ground.events->workspace;
    part_ = runtime::make_remote_events(problem, ground.topology, algorithm, ground.settings, ground.control, share,
                                        &workspace, workspace.infeasible, std::move(outlet));
  } else if (algorithm.info.graph == Graph::factor) {
    part_ = runtime::make_remote_factors(problem, algorithm, ground.settings, ground.control, share, std::move(outlet));
  } else {
    ground.costs.emplace(problem);
    part_ = runtime::make_remote_cycles(problem, *ground.costs, algorithm, ground.settings, ground.control, share,
                                        std::move(outlet));
  }
}

RemoteWork::~RemoteWork() = default;

}  // namespace entente
