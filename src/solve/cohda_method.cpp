// SPDX-License-Identifier: MIT
// COHDA as a method of `coordinate`.
#include <chrono>
#include <cmath>

#include "entente/participants/cohda_group.hpp"
#include "solve/coordination_methods.hpp"

namespace entente {
namespace {

struct Cohda {
  static constexpr Info info{
      .name = "cohda",
      .summary = "agents choose schedules in turn until nobody has news; exchanges improve what they agree on",
      .source = "Hinrichs, Lehnhoff & Sonnenschein, OR Proceedings 2012"};
  enum class Polish { no, yes };
  struct Params {
    CohdaTopology topology = CohdaTopology::automatic;
    std::int64_t neighbours = 0;
    double rewire = 0.1;
    CohdaDelivery delivery = CohdaDelivery::latest;
    std::int64_t start = 0;
    Polish polish = Polish::yes;
    std::int64_t polish_work = 0;
    std::int64_t bound_work = 0;
  };
  static constexpr std::int64_t most = std::int64_t(1) << 53;
  static constexpr auto parameters = std::tuple{
      choice("topology", &Params::topology, {"automatic", "complete", "ring", "small_world", "links"},
             "who hears whom; automatic: the file's links, else complete up to 1000 agents, small_world beyond"),
      integer("neighbours", &Params::neighbours, 0, 1'000'000,
              "small_world: links of an agent, an even number; 0: by size"),
      real("rewire", &Params::rewire, 0.0, 1.0, "small_world: chance of a link to lead elsewhere"),
      choice("delivery", &Params::delivery, {"latest", "reference", "snapshots"},
             "what a message shows when it arrives: the newest there is, its sender as it is then, as it was"),
      integer("start", &Params::start, 0, 4'000'000'000, "position of the agent that is told the target"),
      choice("polish", &Params::polish, {"no", "yes"}, "improve the agreed selection by exchanges between agents"),
      integer("polish_work", &Params::polish_work, 0, most, "schedules that polishing may evaluate; 0: by size"),
      integer("bound_work", &Params::bound_work, 0, most, "schedules that the bound may evaluate; 0: by size")};
};

}  // namespace

CoordinationMethod describe_cohda() { return describe_method<Cohda>("schedules"); }

void run_cohda_method(const ScheduleProblem& problem, const CoordinationRequest& request,
                      CoordinationOutcome& outcome) {
  const Cohda::Params params = read_params<Cohda>(request.parameters);
  CohdaOptions options;
  options.topology = params.topology;
  options.neighbours = static_cast<std::uint32_t>(params.neighbours);
  options.rewire = params.rewire;
  options.delivery = params.delivery;
  options.start = static_cast<std::uint32_t>(params.start);
  options.seed = request.seed;
  options.polish = params.polish == Cohda::Polish::yes;
  options.polish_work = static_cast<std::uint64_t>(params.polish_work);
  options.bound_work = static_cast<std::uint64_t>(params.bound_work);
  options.bound = wants_bound(request);
  options.bound_seconds = request.bound_seconds.value_or(0);
  options.deadline = request.timeout;
  options.interrupt = request.interrupt;
  const auto start = std::chrono::steady_clock::now();
  if (request.on_progress) {
    options.on_progress = [&](const CohdaOptions::Progress& now) {
      CoordinationProgress progress;
      progress.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if (std::isfinite(now.cost)) progress.cost = now.cost;
      if (now.bound > 0) progress.bound = now.bound;
      progress.messages = now.messages;
      request.on_progress(progress);
    };
  }
  const CohdaResult result = run_cohda(problem, options);
  outcome.choice = result.choice;
  outcome.cost = result.cost;
  if (wants_bound(request)) outcome.bound = result.bound;
  outcome.optimal = wants_bound(request) && result.optimal;
  outcome.messages = result.messages;
  outcome.message_bytes = result.bytes;
  outcome.cycles = result.decides;
  outcome.converged = result.status == CohdaStatus::ended;
  switch (result.status) {
    case CohdaStatus::ended: outcome.status = Status::finished; break;
    case CohdaStatus::interrupted:
      outcome.status = request.interrupt && *request.interrupt ? Status::stopped : Status::timeout;
      break;
  }
}

}  // namespace entente
