// SPDX-License-Identifier: MIT
#include "entente/solve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>

#include "entente/algorithm/factor_population.hpp"
#include "entente/algorithm/parameters.hpp"
#include "entente/algorithm/registry.hpp"
#include "entente/base/error.hpp"
#include "entente/solve/remote.hpp"
#include "kernel/local_costs.hpp"
#include "runtime/cycle_engine.hpp"
#include "runtime/factor_engine.hpp"
#include "runtime/proof.hpp"
#include "runtime/run.hpp"
#include "runtime/simulated_cycles.hpp"
#include "runtime/simulated_factors.hpp"
#include "solve/accounting.hpp"
#include "solve/bounding.hpp"
#include "solve/choose.hpp"
#include "solve/event_run.hpp"
#include "solve/hosting.hpp"
#include "solve/message_list.hpp"
#include "solve/remote_run.hpp"
#include "solve/reporting.hpp"
#include "solve/simulated_run.hpp"

namespace entente {
namespace {

constexpr std::string_view stop_cycle_name = "stop_cycle";

const ParameterInfo& stop_cycle_parameter() {
  static const ParameterInfo parameter{
      std::string(stop_cycle_name), "int", "0", 0, 4e9, {}, "cycles after which the run stops; 0: none"};
  return parameter;
}

bool declares(const Algorithm& algorithm, std::string_view name) {
  const auto parameters = algorithm.parameters();
  return std::any_of(parameters.begin(), parameters.end(), [&](const auto& p) { return p.name == name; });
}

/// Whether runs of the algorithm have cycles, which the runtime can limit.
bool has_cycles(const Algorithm& algorithm) { return algorithm.info.timing == Timing::cycles || algorithm.periodic; }

/// Takes `stop_cycle` out of the settings: the runtime keeps it for every algorithm with cycles.
std::uint64_t take_stop_cycle(const Algorithm& algorithm, std::vector<Setting>& settings, std::uint64_t limit) {
  if (!has_cycles(algorithm) || declares(algorithm, stop_cycle_name)) return limit;
  bool given = false;
  for (auto it = settings.begin(); it != settings.end();) {
    if (it->first != stop_cycle_name) {
      ++it;
      continue;
    }
    if (given) detail::refuse_repeated(algorithm.info.name, it->first);
    given = true;
    const auto own =
        static_cast<std::uint64_t>(detail::read_integer(algorithm.info.name, stop_cycle_parameter(), it->second));
    limit = own && limit ? std::min(own, limit) : std::max(own, limit);
    it = settings.erase(it);
  }
  return limit;
}

Status status_of(runtime::RunEnd end) {
  switch (end) {
    case runtime::RunEnd::by_itself:
    case runtime::RunEnd::cycle_limit:
    case runtime::RunEnd::good_enough: return Status::finished;
    case runtime::RunEnd::patience:
    case runtime::RunEnd::interrupted: return Status::stopped;
    case runtime::RunEnd::deadline: return Status::timeout;
    case runtime::RunEnd::infeasible: return Status::infeasible;
  }
  return Status::error;
}

void check(const SolveRequest& request) {
  const auto refuse = [](const std::string& message) { throw Error(ErrorCode::wrong_use, message); };
  if (!(request.timeout >= 0)) refuse(fmt::format("timeout: {} is not a number of seconds >= 0", request.timeout));
  if (!(request.delay >= 0)) refuse(fmt::format("delay: {} is not a number of seconds >= 0", request.delay));
  if (request.bound_seconds && !(*request.bound_seconds >= 0))
    refuse(fmt::format("bound_seconds: {} is not a number of seconds >= 0", *request.bound_seconds));
  if (request.gap && !(*request.gap >= 0)) refuse(fmt::format("gap: {} is not a number >= 0", *request.gap));
  if (!(request.period > 0)) refuse(fmt::format("period: {} is not a number of seconds > 0", request.period));
  if (request.crew && request.engine != Engine::local) refuse("engine: agents that are elsewhere cannot be simulated");
  if (request.threads < 1 || request.threads > 1024)
    refuse(fmt::format("threads: {} is outside [1, 1024]", request.threads));
}

/// Throws for settings that the algorithm refuses, before anything is said or built.
void check_settings(const Algorithm& algorithm, std::span<const Setting> settings) {
  if (algorithm.populate)
    algorithm.populate(0, settings);
  else
    algorithm.populate_factors(settings);
}

runtime::RunControl control_of(const SolveRequest& request, std::uint64_t stop_cycle) {
  runtime::RunControl control;
  control.seed = request.seed;
  control.threads = request.threads;
  control.stop_cycle = stop_cycle;
  control.interrupt = request.interrupt;
  control.delay = request.delay;
  control.through_bytes = request.through_bytes;
  if (request.timeout > 0 && request.timeout < 1e9)
    control.deadline =
        runtime::RunControl::Clock::now() + std::chrono::duration_cast<runtime::RunControl::Clock::duration>(
                                                std::chrono::duration<double>(request.timeout));
  return control;
}

/// Cost, violations and what is proven, recomputed from the problem.
void conclude(const Problem& problem, runtime::RunResult& result, Outcome& outcome) {
  outcome.status = status_of(result.end);
  outcome.cycles = result.cycles;
  outcome.best_cost_cycle = result.best_cycle;
  outcome.seconds = result.seconds;
  outcome.certificate = std::move(result.certificate);
  if (!result.centralised.empty()) {
    const double sum = std::accumulate(result.centralised.begin(), result.centralised.end(), 0.0);
    const double largest = *std::ranges::max_element(result.centralised), count = double(result.centralised.size());
    outcome.centralised = {largest / count, sum / count / count};
  }
  outcome.assignment = std::move(result.best);
  if (outcome.assignment.size() != problem.variable_count()) outcome.assignment.clear();
  if (outcome.assignment.empty() && problem.variable_count()) return;
  const Evaluation evaluation = problem.evaluate(outcome.assignment);
  outcome.cost = evaluation.cost;
  outcome.violations = evaluation.violations;
  if (result.bound) {
    outcome.bound = *result.bound;
    const double scale = std::max(std::abs(outcome.cost), std::abs(*outcome.bound));
    // The two are sums in different orders: rounding alone is no gap.
    if (!outcome.violations && std::abs(outcome.cost - *outcome.bound) <= 1e-13 * scale) outcome.bound = outcome.cost;
    if (!outcome.violations) outcome.gap = runtime::gap_of(outcome.cost, *outcome.bound);
  }
  if (result.optimal) {
    outcome.bound = outcome.cost;
    outcome.gap = 0;
  }
  // The best of all assignments, and still not good enough.
  if (result.optimal && outcome.status == Status::finished && !problem.acceptable(outcome.cost))
    outcome.status = Status::infeasible;
}

runtime::RunResult run_cycles(const Problem& problem, const Algorithm& algorithm, std::span<const Setting> settings,
                              runtime::RunControl& control, const Hosting& hosting, const SolveRequest& request,
                              CycleTraffic& traffic) {
  const kernel::LocalCosts costs(problem);
  traffic = cycle_traffic(hosting, costs.first(), costs.neighbours(), algorithm.populate(0, settings)->messages());
  control.host = hosting.host.data();
  Reporter reporter(request, traffic, true, control.proof);
  if (reporter.wanted()) control.on_cycle = std::ref(reporter);
  if (is_remote(request, hosting))
    return run_remote_cycles({problem, algorithm, settings, control, hosting, *request.crew, 0}, costs);
  if (control.simulation) return runtime::simulate_cycles(problem, costs, algorithm, settings, control);
  return runtime::CycleEngine(problem, costs, algorithm, settings, control).run();
}

runtime::RunResult run_factor_graph(const Problem& problem, const Algorithm& algorithm,
                                    std::span<const Setting> settings, runtime::RunControl& control,
                                    const Hosting& hosting, const SolveRequest& request, CycleTraffic& traffic) {
  traffic = factor_traffic(problem, hosting, algorithm, algorithm.populate_factors(settings)->ordered());
  Reporter reporter(request, traffic, true, control.proof);
  if (reporter.wanted()) control.on_cycle = std::ref(reporter);
  control.host = hosting.host.data();
  runtime::RunResult result;
  if (is_remote(request, hosting))
    result = run_remote_factors({problem, algorithm, settings, control, hosting, *request.crew, 0});
  else if (control.simulation)
    result = runtime::simulate_factors(problem, algorithm, control, settings);
  else
    result = runtime::run_factors(problem, algorithm, control, settings);
  const std::uint64_t most = factor_checks(problem);
  result.checks = most && result.cycles > ~std::uint64_t(0) / most ? ~std::uint64_t(0) : result.cycles * most;
  if (result.simulated) result.simulated->round_checks = result.checks;
  return result;
}

AlgorithmDescription describe(const Algorithm& algorithm) {
  AlgorithmDescription description{algorithm.info, algorithm.parameters(), message_list(algorithm),
                                   tolerated_by(algorithm.info)};
  if (has_cycles(algorithm) && !declares(algorithm, stop_cycle_name))
    description.parameters.push_back(stop_cycle_parameter());
  return description;
}

}  // namespace

std::string_view status_name(Status status) {
  switch (status) {
    case Status::finished: return "FINISHED";
    case Status::timeout: return "TIMEOUT";
    case Status::stopped: return "STOPPED";
    case Status::infeasible: return "INFEASIBLE";
    case Status::error: return "ERROR";
  }
  return "ERROR";
}

Outcome solve(const Problem& problem, const SolveRequest& request) {
  check(request);
  const AlgorithmChoice choice = choose_algorithm(problem, request);
  const Algorithm& algorithm = find_algorithm(choice.algorithm);
  std::vector<Setting> settings = choice.parameters;
  const std::uint64_t stop_cycle = take_stop_cycle(algorithm, settings, request.stop_cycle);
  check_settings(algorithm, settings);
  if (algorithm.refuses)
    if (const std::string reason = algorithm.refuses(problem, settings); !reason.empty())
      throw Error(ErrorCode::wrong_use, fmt::format("{} {}", algorithm.info.name, reason));
  const Hosting hosting =
      make_hosting(problem, algorithm.info.graph,
                   request.algorithm.empty() ? std::string(algorithm.info.name) : request.algorithm, request);
  runtime::RunControl control = control_of(request, stop_cycle);
  control.patience = choice.patience;
  const std::unique_ptr<SimulatedRun> simulation = make_simulated_run(request, algorithm, hosting);
  if (simulation) control.simulation = &simulation->plan();
  if (choice.seconds > 0)
    control.deadline = std::min(control.deadline, runtime::RunControl::Clock::now() +
                                                      std::chrono::duration_cast<runtime::RunControl::Clock::duration>(
                                                          std::chrono::duration<double>(choice.seconds)));
  if (request.say && !request.algorithm.empty() && !algorithm.info.complete && !stop_cycle && request.timeout <= 0)
    request.say(fmt::format("{} runs until it ends by itself or Ctrl-C; {} it", algorithm.info.name,
                            has_cycles(algorithm) ? "--stop_cycle or --timeout limit" : "--timeout limits"));
  if (request.on_start)
    request.on_start({std::string(algorithm.info.name), settings, algorithm.info.graph, hosting.agents, hosting.host});
  Outcome outcome;
  outcome.algorithm = algorithm.info.name;
  Bounding bounding(problem, request, algorithm, control);
  control.proof = &bounding.proof();
  CycleTraffic traffic;
  runtime::RunResult result;
  if (algorithm.info.timing == Timing::events)
    result = run_event_driven(problem, algorithm, settings, control, hosting, request);
  else if (algorithm.info.graph == Graph::factor)
    result = run_factor_graph(problem, algorithm, settings, control, hosting, request, traffic);
  else
    result = run_cycles(problem, algorithm, settings, control, hosting, request, traffic);
  bounding.conclude(result);
  account(problem, hosting, traffic, result, outcome);
  if (simulation) simulation->conclude(result, outcome);
  conclude(problem, result, outcome);
  if (request.crew && !request.crew->lost().empty()) {
    outcome.status = Status::error;
    outcome.message = request.crew->lost();
  }
  outcome.seconds += bounding.seconds();
  if (request.on_state) request.on_state(state_at_end(problem, result, outcome));
  return outcome;
}

std::vector<AlgorithmDescription> algorithms() {
  std::vector<AlgorithmDescription> list;
  for (const Algorithm& algorithm : algorithm_table()) list.push_back(describe(algorithm));
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.info.name < b.info.name; });
  return list;
}

AlgorithmDescription describe_algorithm(const std::string& name) { return describe(find_algorithm(name)); }

}  // namespace entente
