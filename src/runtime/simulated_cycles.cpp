// SPDX-License-Identifier: MIT
#include "runtime/simulated_cycles.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "entente/base/contract.hpp"
#include "runtime/cycle_books.hpp"
#include "runtime/cycle_ledger.hpp"
#include "runtime/event_watcher.hpp"
#include "runtime/local_barrier.hpp"
#include "runtime/simulation.hpp"

namespace entente::runtime {

namespace {

/// Cycles that a computation may be ahead of the slowest. Neighbours are at most one apart; this is for those whom no
/// path of neighbours holds back.
constexpr std::uint64_t most_ahead = 64;

std::vector<std::uint32_t> agents_of(const RunControl& control, std::uint32_t count) {
  std::vector<std::uint32_t> agents(count);
  for (ComputationId i = 0; i < count; ++i) agents[i] = control.host ? control.host[i] : i;
  return agents;
}

class SimulatedCycles {
 public:
  SimulatedCycles(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
                  std::span<const Setting> settings, const RunControl& control)
      : plan_(*control.simulation),
        count_(problem.variable_count()),
        phases_(algorithm.phases),
        types_(algorithm.populate(0, settings)),
        agent_of_(agents_of(control, count_)),
        books_(count_, phases_, costs.value_bytes()),
        watch_{[this](const Partition::Step& step) { note_step(step); }, agent_of_.data(), books_.sent(),
               books_.kinds()},
        partition_(problem, costs, algorithm, settings, control.seed, most_cycles(control, phases_), agent_of_,
                   Partition::every_part,
                   [this](std::uint32_t to, std::span<const std::byte> batch) { send(to, batch); }),
        ledger_(problem, costs, partition_.truth(), *types_, control),
        watcher_(control, [] {}),
        network_(plan_.network, {},
                 plan_.trace ? [this](const NetworkNote& note) { plan_.trace(note, name_of(note.type)); }
                             : SimulatedLinks::Trace()) {
    partition_.watch(watch_);
  }

  RunResult run() {
    const auto began = RunControl::Clock::now();
    RunResult result;
    if (count_) {
      start();
      exchange();
    }
    ledger_.conclude(result);
    result.end = end_;
    result.simulated = {last_, ledger_.cycles() * phases_, ledger_.checks(), network_.counts(), stuck_};
    result.seconds = result.busy_seconds = std::chrono::duration<double>(RunControl::Clock::now() - began).count();
    return result;
  }

 private:
  static constexpr double never = std::numeric_limits<double>::infinity();

  std::string_view name_of(std::uint32_t type) const {
    return type < phases_ ? types_->messages()[type].name : std::string_view();
  }

  void start() {
    partition_.set_limit(std::uint32_t(most_ahead * phases_));
    std::vector<std::vector<ComputationId>> hosted(plan_.network.agents);
    for (ComputationId i = 0; i < count_; ++i) hosted[agent_of_[i]].push_back(i);
    for (sender_ = 0; sender_ < hosted.size(); ++sender_) partition_.start(hosted[sender_]);
    ledger_.begin(std::move(books_.before()));
    started_ = true;
    close_cycles();
  }

  /// Lets everything happen until the run has an end.
  void exchange() {
    while (!ended_) {
      if (watcher_.stop().load(std::memory_order_acquire)) return end(watcher_.reason());
      if (resume_waiting()) continue;
      const double next = network_.next();
      if (next == never) {
        stuck_ = true;
        return end(RunEnd::interrupted);
      }
      if (next > plan_.time_limit) {
        last_ = plan_.time_limit;
        return end(RunEnd::deadline);
      }
      network_.step([this](const SimulatedLinks::Parcel& parcel) {
        if (ended_) return;
        sender_ = parcel.to;
        partition_.deliver(parcel.bytes);
        close_cycles();
      });
    }
  }

  /// Goes on with those who waited for the slowest or for their agent; says whether there was anybody.
  bool resume_waiting() {
    if (looked_at_ != ledger_.cycles()) {
      looked_at_ = ledger_.cycles();
      const std::vector<ComputationId> again = partition_.take_waiting();
      waiting_.insert(waiting_.end(), again.begin(), again.end());
    }
    bool resumed = false;
    for (const ComputationId i : std::exchange(waiting_, {})) {
      if (ended_ || network_.is_down(agent_of_[i])) {
        waiting_.push_back(i);
        continue;
      }
      resumed = true;
      sender_ = agent_of_[i];
      partition_.resume(i);
    }
    if (resumed) close_cycles();
    return resumed;
  }

  void send(std::uint32_t to, std::span<const std::byte> batch) {
    network_.send(sender_, to, batch, Partition::first_tick(batch) % phases_);
  }
  void note_step(const Partition::Step& step) { books_.enter(step); }

  void close_cycles() {
    while (started_ && !ended_ && books_.complete()) {
      last_ = network_.now();
      const std::optional<RunEnd> over = ledger_.close(books_.close(), last_);
      partition_.set_limit(
          std::uint32_t(std::min<std::uint64_t>((ledger_.cycles() + most_ahead) * phases_, no_id - 1)));
      if (over) end(*over);
    }
  }
  void end(RunEnd reason) {
    ended_ = true;
    end_ = reason;
    partition_.set_limit(0);
  }

  const SimulationPlan& plan_;
  const std::uint32_t count_, phases_;
  const std::unique_ptr<Population> types_;  ///< Of nobody; it knows the messages.
  const std::vector<std::uint32_t> agent_of_;
  CycleBooks books_;
  const Partition::Watch watch_;
  Partition partition_;
  CycleLedger ledger_;
  EventWatcher watcher_;
  SimulatedLinks network_;
  std::uint32_t sender_ = 0;  ///< The agent whose computations are running.
  std::vector<ComputationId> waiting_;
  std::uint64_t looked_at_ = 0;  ///< Cycles that were closed when the partition was last asked who waits.

  bool started_ = false, ended_ = false, stuck_ = false;
  RunEnd end_ = RunEnd::by_itself;
  double last_ = 0;
};

}  // namespace

RunResult simulate_cycles(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
                          std::span<const Setting> settings, const RunControl& control) {
  ENTENTE_EXPECTS(control.simulation != nullptr);
  return SimulatedCycles(problem, costs, algorithm, settings, control).run();
}

}  // namespace entente::runtime
