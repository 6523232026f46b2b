// SPDX-License-Identifier: MIT
// run_cohda: the engine, then polishing, then the bound.
#include "entente/participants/cohda_group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "entente/base/error.hpp"
#include "kernel/schedules/selection_bound.hpp"
#include "participants/cohda_engine.hpp"
#include "participants/cohda_polish.hpp"

namespace entente {
namespace {

using kernel::no_schedule;

constexpr double optimal_within = 1e-9;  // of the size of the target

/// So many seconds from now.
std::chrono::steady_clock::time_point deadline_in(double seconds) {
  constexpr double longest = 1e9;  // more would leave the clock's range
  return std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                                std::chrono::duration<double>(std::min(seconds, longest)));
}

StopSignal stop_signal(const CohdaOptions& options) {
  StopSignal stop;
  stop.flag = options.interrupt;
  if (!(options.deadline >= 0))
    throw Error(ErrorCode::wrong_use,
                fmt::format("deadline: {} is not a number of seconds, 0 (none) or more", options.deadline));
  if (!(options.bound_seconds >= 0))
    throw Error(ErrorCode::wrong_use,
                fmt::format("bound_seconds: {} is not a number of seconds, 0 or more", options.bound_seconds));
  if (options.deadline > 0) stop.deadline = deadline_in(options.deadline);
  return stop;
}

/// What the best candidate says; those that it lacks, because the run was cut short, take their first schedule.
std::vector<std::uint32_t> selection_of(const CohdaEngine& engine, std::uint32_t start, std::size_t agents) {
  const CohdaCandidate* const candidate = engine.best() ? engine.best() : engine.candidate(start);
  std::vector<std::uint32_t> choice(agents, 0);
  if (!candidate) return choice;
  for (std::size_t i = 0; i < agents; ++i)
    if (candidate->choice[i] != no_schedule) choice[i] = candidate->choice[i];
  return choice;
}

}  // namespace

CohdaResult run_cohda(const ScheduleProblem& problem, const CohdaOptions& options) {
  problem.check();
  const StopSignal stop = stop_signal(options);
  const CohdaLinks links = cohda_links(problem, options);
  const kernel::ScheduleTable table(problem);
  CohdaResult result;
  CohdaOptions::Progress progress{std::numeric_limits<double>::infinity(), 0, 0};
  const auto tell = [&](double cost) {
    progress.cost = cost;
    progress.messages = result.messages;
    if (options.on_progress) options.on_progress(progress);
  };
  {
    CohdaEngine engine(table, links, options.delivery, options.batch);
    engine.start(options.start);
    const bool quiet = engine.run(stop, [&] {
      result.messages = engine.counts().messages;
      tell(engine.best() ? engine.best()->distance : progress.cost);
    });
    if (!quiet) result.status = CohdaStatus::interrupted;
    result.choice = selection_of(engine, options.start, problem.agents.size());
    result.messages = engine.counts().messages;
    result.bytes = engine.counts().bytes;
    result.decides = engine.counts().decides;
    result.perceived = engine.counts().perceived;
  }
  result.cost = result.plain_cost = problem.cost(result.choice);
  tell(result.cost);

  if (options.polish && result.status == CohdaStatus::ended) {
    CohdaPolishOptions polishing;
    polishing.seed = options.seed;
    polishing.work = options.polish_work ? options.polish_work : usual_polish_work(table);
    polishing.stop = stop;
    polishing.on_better = [&](double cost) { tell(cost); };
    std::vector<std::uint32_t> polished = result.choice;
    const CohdaPolishResult done = polish(table, polished, polishing);
    result.messages += done.messages;
    result.bytes += done.messages * 8 * problem.steps();
    result.polish_moves = done.moves;
    if (done.interrupted) result.status = CohdaStatus::interrupted;
    // Compared by the problem's own numbers: those of the table are rounded.
    if (const double cost = problem.cost(polished); cost < result.cost) {
      result.choice = std::move(polished);
      result.cost = cost;
      tell(result.cost);
    }
  }
  if (options.bound && result.status == CohdaStatus::ended) {
    kernel::SelectionBoundOptions bounding;
    bounding.work = options.bound_work ? options.bound_work : kernel::usual_bound_work(table);
    bounding.stop = stop;
    if (options.bound_seconds > 0) {
      bounding.work = std::numeric_limits<std::uint64_t>::max() / 4;
      const auto end = deadline_in(options.bound_seconds);
      bounding.stop.deadline = stop.deadline ? std::min(*stop.deadline, end) : end;
    }
    std::vector<std::uint32_t> better = result.choice;
    const kernel::SelectionBound bound = kernel::bound_selections(table, better, bounding);
    if (stop.raised()) result.status = CohdaStatus::interrupted;
    if (const double cost = problem.cost(better); options.polish && cost < result.cost) {
      result.choice = std::move(better);
      result.cost = cost;
    }
    result.bound = std::min(bound.bound, result.cost);
    progress.bound = result.bound;
    tell(result.cost);
  }
  result.optimal = options.bound && result.cost - result.bound <= optimal_within * table.target_size();
  return result;
}

}  // namespace entente
