// SPDX-License-Identifier: MIT
#include "solve/bounding.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "entente/base/error.hpp"
#include "kernel/dual_bound.hpp"
#include "kernel/exact/minimise.hpp"
#include "kernel/memory_budget.hpp"
#include "kernel/quick_bound.hpp"

namespace entente {
namespace {

using Clock = runtime::RunControl::Clock;

/// Share of the work of a run of so many cycles that goes into bounds when nobody says otherwise. Every table is read
/// once in any case; more is done where all tables together have few cells, which then stay in cache.
constexpr std::uint64_t percent = 10, run_cycles = 100, small = 100'000;
/// A sweep that gains less than this, relatively, is no longer worth it: then exact search takes over.
constexpr double worthwhile = 1e-4;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

Clock::time_point in_seconds(double seconds) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

struct Work {
  std::uint64_t cells = 0;  ///< Of all tables.
  std::uint64_t rows = 0;   ///< What local search reads in a cycle: of each constraint a row for each of its variables.
};

Work run_work(const Problem& problem) {
  Work work;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    work.cells += problem.function(c).cells.size();
    for (const VariableId v : problem.scope(c)) work.rows += std::uint64_t(problem.domain_size(v));
  }
  return work;
}

}  // namespace

Bounding::Bounding(const Problem& problem, const SolveRequest& request, const Algorithm& algorithm,
                   const runtime::RunControl& control)
    : problem_(problem), request_(request), control_(control), proof_(problem.objective(), request.gap) {
  if (request.bound_seconds) {
    if (*request.bound_seconds <= 0) return;
    thread_ = std::thread([this] {
      try {
        prove_for_long();
      } catch (...) {
        failure_ = std::current_exception();
      }
      ended_ = true;
    });
  } else if (!algorithm.info.complete || request.gap) {
    // A complete algorithm proves by itself; if it is cut short, there is still time.
    prove_a_little({control_.interrupt, control_.deadline});
  }
}

Bounding::~Bounding() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Bounding::prove_a_little(const StopSignal& stop) {
  const auto quick = quick_bound(problem_, stop);
  if (!quick) return;
  proof_.raise(*quick);
  const auto [cells, rows] = run_work(problem_);
  const std::uint64_t allowed = run_cycles * rows / 100 * percent;
  if (cells > small || cells >= allowed) return;
  DualBound bound(problem_);
  for (std::uint64_t spent = cells + bound.sweep_work(); bound.known() && spent <= allowed; spent += bound.sweep_work())
    if (bound.sweep(stop) <= worthwhile * std::abs(bound.value())) break;
  if (bound.known()) proof_.raise(bound.value());
}

void Bounding::prove_for_long() {
  const StopSignal stop{&stop_, std::min(control_.deadline, in_seconds(std::min(1e9, *request_.bound_seconds)))};
  {
    DualBound bound(problem_);
    if (bound.known()) proof_.raise(bound.value());
    for (int idle = 0; bound.known() && idle < 3 && !stop.raised();) {
      idle = bound.sweep(stop) <= worthwhile * std::abs(bound.value()) ? idle + 1 : 0;
      proof_.raise(bound.value());
    }
  }
  if (stop.raised()) return;
  const std::uint64_t memory = (request_.memory ? request_.memory : half_of_free_memory()) / 2;
  const double sign = problem_.objective() == Objective::maximise ? -1.0 : 1.0;
  const CostNetwork network = make_cost_network(problem_, memory);
  MinimiseOptions options;
  options.stop = stop;
  options.memory = memory;
  if (const auto known = proof_.bound()) options.known_bound = sign * *known;
  options.on_progress = [&](const MinimiseProgress& progress) {
    if (std::isfinite(progress.bound)) proof_.raise(sign * progress.bound);
  };
  const MinimiseResult result = minimise(network, options);
  if (result.status == MinimiseResult::Status::infeasible)
    infeasible_ = true;
  else if (std::isfinite(result.bound))
    proof_.raise(sign * result.bound);
}

bool Bounding::is_enough(const Evaluation& best, std::optional<double> own) const {
  const auto bound = proof_.bound(own);
  return proof_.enough(best, own) || (best.violations == 0 && bound && runtime::gap_of(best.cost, *bound) == 0);
}

void Bounding::conclude(runtime::RunResult& result) {
  if (result.optimal || result.end == runtime::RunEnd::infeasible) {
    stop_ = true;
  } else if (thread_.joinable()) {
    const auto begin = Clock::now();
    std::optional<Evaluation> best;
    if (result.best.size() == problem_.variable_count()) best = problem_.evaluate(result.best);
    while (!ended_ && !stop_) {
      if ((control_.interrupt && control_.interrupt->load()) || (best && is_enough(*best, result.bound))) stop_ = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    seconds_ += seconds_since(begin);
  } else if (!request_.bound_seconds && !proof_.bound() && !result.certificate) {
    // A bound beyond its certificate could not be checked.
    prove_a_little({});
  }
  if (thread_.joinable()) thread_.join();
  if (failure_) {
    // Too large to search, or a cost that cannot be computed: the answer and what was proven before stand.
    try {
      std::rethrow_exception(failure_);
    } catch (const Error& error) {
      if (request_.say) request_.say(error.what());
    }
  }
  if (infeasible_ && !result.optimal) result.end = runtime::RunEnd::infeasible;
  if (!result.optimal) result.bound = proof_.bound(result.bound);
}

}  // namespace entente
