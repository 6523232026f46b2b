// SPDX-License-Identifier: MIT
#include "runtime/simulated_cycles.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "entente/base/contract.hpp"
#include "kernel/local_view.hpp"
#include "runtime/better.hpp"
#include "runtime/cycle_books.hpp"
#include "runtime/cycle_engine_parts.hpp"
#include "runtime/event_watcher.hpp"
#include "runtime/local_barrier.hpp"
#include "runtime/proof.hpp"
#include "runtime/simulation.hpp"

namespace entente::runtime {

namespace {

/// Cycles that a computation may be ahead of the slowest. Neighbours are at most one apart; this is for those whom no
/// path of neighbours holds back.
constexpr std::uint64_t most_ahead = 64;
constexpr std::uint32_t block = 128;  // the unit in which the cycle engine adds up costs

/// Draws are addressed by 32-bit ticks; the cycle engine ends there too.
std::uint32_t cycles_of(const RunControl& control, std::uint32_t phases) {
  const std::uint64_t most = (no_id - phases) / phases - 1;
  return std::uint32_t(control.stop_cycle ? std::min(control.stop_cycle, most) : most);
}

std::vector<std::uint32_t> agents_of(const RunControl& control, std::uint32_t count) {
  std::vector<std::uint32_t> agents(count);
  for (ComputationId i = 0; i < count; ++i) agents[i] = control.host ? control.host[i] : i;
  return agents;
}

class SimulatedCycles {
 public:
  SimulatedCycles(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
                  std::span<const Setting> settings, const RunControl& control)
      : problem_(problem),
        costs_(costs),
        kernels_(kernel::local_kernels(costs.tables(), costs.value_bytes())),
        control_(control),
        plan_(*control.simulation),
        count_(problem.variable_count()),
        phases_(algorithm.phases),
        types_(algorithm.populate(0, settings)),
        agent_of_(agents_of(control, count_)),
        books_(count_, phases_, costs.value_bytes()),
        watch_{[this](const Partition::Step& step) { note_step(step); }, agent_of_.data(), books_.sent(),
               books_.kinds()},
        partition_(problem, costs, algorithm, settings, control.seed, cycles_of(control, phases_), agent_of_,
                   Partition::every_part,
                   [this](std::uint32_t to, std::span<const std::byte> batch) { send(to, batch); }),
        watcher_(control, [] {}),
        network_(plan_.network, {},
                 plan_.trace ? [this](const NetworkNote& note) { plan_.trace(note, name_of(note.type)); }
                             : SimulatedLinks::Trace()),
        messages_out_(count_),
        bytes_out_(count_) {
    partition_.watch(watch_);
    for (VariableId v = 0; v < count_ && tells_values(); ++v)
      view_checks_ = std::max(view_checks_, std::uint64_t(problem.domain_size(v)) * problem.constraints_of(v).size());
    std::size_t widest = 0;
    for (ComputationId low = 0; low < count_; low += block) {
      const ComputationId high = std::min(count_, low + block);
      const std::size_t end = high < count_ ? costs.row_offset(high) : costs.row_cells();
      widest = std::max(widest, end - costs.row_offset(low));
    }
    rows_ = Array<std::byte>(widest * (costs.tables().single ? sizeof(float) : sizeof(double)));
    best_rows_ = Array<Best>(block);
  }

  RunResult run() {
    const auto began = RunControl::Clock::now();
    RunResult result;
    if (count_) {
      start();
      exchange();
    }
    conclude(result);
    result.seconds = result.busy_seconds = std::chrono::duration<double>(RunControl::Clock::now() - began).count();
    return result;
  }

 private:
  static constexpr double never = std::numeric_limits<double>::infinity();

  bool tells_values() const { return partition_.value_phase() >= 0; }
  std::string_view name_of(std::uint32_t type) const {
    return type < phases_ ? types_->messages()[type].name : std::string_view();
  }

  void start() {
    moved_before_ = count_;  // before the first cycle everything is new
    partition_.set_limit(std::uint32_t(most_ahead * phases_));
    std::vector<std::vector<ComputationId>> hosted(plan_.network.agents);
    for (ComputationId i = 0; i < count_; ++i) hosted[agent_of_[i]].push_back(i);
    for (sender_ = 0; sender_ < hosted.size(); ++sender_) partition_.start(hosted[sender_]);
    read_ = std::move(books_.before());
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
    if (looked_at_ != cycle_) {
      looked_at_ = cycle_;
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

  /// What the cycle engine does between cycles, once for each that all computations have ended.
  void close_cycles() {
    while (started_ && !ended_ && books_.complete()) close(books_.close());
  }
  void close(CycleBook book) {
    last_ = network_.now();
    const std::uint64_t moved = count_moves(book);
    if (tells_values()) take_stock(evaluate(), read_);
    for (std::uint32_t q = 0; q < phases_; ++q) {
      checks_ += book.most_checks[q];
      kinds_[q].messages += book.kinds[q].messages;
      kinds_[q].bytes += book.kinds[q].bytes;
      kinds_[q].largest = std::max(kinds_[q].largest, book.kinds[q].largest);
      counted_.messages += book.kinds[q].messages;
      counted_.bytes += book.kinds[q].bytes;
    }
    for (const auto& [computation, sent] : book.sent) {
      messages_out_[computation] += sent.messages;
      bytes_out_[computation] += sent.bytes;
    }
    checks_ += view_checks_;
    finished_ += read_.finished + book.finished;
    const bool calm = moved_before_ == 0 || !tells_values(), quiet = book.active == 0;
    ++cycle_;
    moved_before_ = moved;
    read_ = std::move(book);
    read_.finished = 0;
    read_at_ = last_;
    if (!tells_values()) take_stock(evaluate(), read_);
    partition_.set_limit(std::uint32_t(std::min<std::uint64_t>((cycle_ + most_ahead) * phases_, no_id - 1)));
    if ((quiet && calm) || finished_ == count_) return end(RunEnd::by_itself);
    if (cycle_ >= cycles_of(control_, phases_)) return end(RunEnd::cycle_limit);
    if (control_.patience && cycle_ >= best_cycle_ + control_.patience) return end(RunEnd::patience);
    if (control_.proof && have_best_ && control_.proof->enough(best_)) return end(RunEnd::good_enough);
  }
  void end(RunEnd reason) {
    ended_ = true;
    end_ = reason;
    partition_.set_limit(0);
  }

  std::uint64_t count_moves(const CycleBook& book) const {
    const std::size_t width = costs_.value_bytes();
    std::uint64_t moved = 0;
    for (std::size_t i = 0; i < count_ && tells_values(); ++i)
      moved += std::memcmp(book.values.data() + i * width, read_.values.data() + i * width, width) != 0;
    return moved;
  }
  /// What `read_` costs, summed as the cycle engine sums it.
  Evaluation evaluate() {
    if (!tells_values()) return problem_.evaluate(read_.decisions);
    kernel::DoubledCost sum;
    for (ComputationId low = 0; low < count_; low += block) {
      kernel::DoubledCost part;
      kernels_.gather(partition_.truth(), read_.values.data(), low, std::min(count_, low + block), rows_.data(),
                      kernel_best(best_rows_.data()), &part);
      sum.cost += part.cost;
      sum.violations += part.violations;
    }
    return costs_.decode(sum);
  }
  void take_stock(const Evaluation& now, const CycleBook& book) {
    if (!have_best_ || better(now, best_, problem_.objective())) {
      have_best_ = true;
      best_ = now;
      best_cycle_ = cycle_;
      best_values_ = values_of(book);
    }
    report(now);
  }
  void report(const Evaluation& now) {
    if (!control_.on_cycle) return;
    CycleReport report{cycle_, now, best_, moved_before_, counted_.messages, counted_.bytes};
    report.time = read_at_;
    control_.on_cycle(report);
  }
  std::vector<ValueIndex> values_of(const CycleBook& book) const {
    if (!tells_values()) return book.decisions;
    std::vector<ValueIndex> values(count_);
    for (std::size_t i = 0; i < count_; ++i)
      values[i] = ValueIndex(value_at(book.values.data(), costs_.value_bytes(), i));
    return values;
  }

  void conclude(RunResult& result) {
    result.end = end_;
    result.cycles = cycle_;
    result.checks = checks_;
    for (std::uint32_t q = 0; q < phases_; ++q)
      result.kinds.push_back({std::string(name_of(q)), kinds_[q].messages, kinds_[q].bytes, kinds_[q].largest});
    const auto messages = types_->messages();
    if (std::any_of(messages.begin(), messages.end(), [](const MessageInfo& info) { return info.sparse; })) {
      result.messages_out = messages_out_;
      result.bytes_out = bytes_out_;
    }
    result.simulated = {last_, cycle_ * phases_, checks_, network_.counts(), stuck_};
    if (count_ == 0) return;
    result.last = values_of(read_);
    if (tells_values()) take_stock(evaluate(), read_);
    result.best = tells_values() ? best_values_ : result.last;
    result.best_cycle = tells_values() ? best_cycle_ : cycle_;
  }

  const Problem& problem_;
  const kernel::LocalCosts& costs_;
  const kernel::LocalKernels& kernels_;
  const RunControl& control_;
  const SimulationPlan& plan_;
  const std::uint32_t count_, phases_;
  const std::unique_ptr<Population> types_;  ///< Of nobody; it knows the messages.
  const std::vector<std::uint32_t> agent_of_;
  CycleBooks books_;
  const Partition::Watch watch_;
  Partition partition_;
  EventWatcher watcher_;
  SimulatedLinks network_;
  std::uint32_t sender_ = 0;  ///< The agent whose computations are running.
  std::vector<ComputationId> waiting_;
  std::uint64_t looked_at_ = 0;  ///< Cycles that were closed when the partition was last asked who waits.

  // What was closed so far.
  CycleBook read_;      ///< What the oldest open cycle reads,
  double read_at_ = 0;  ///< and when the last computation had told it.
  std::uint64_t cycle_ = 0, moved_before_ = 0, checks_ = 0, view_checks_ = 0;
  std::uint32_t finished_ = 0;
  std::array<KindTraffic, max_phases> kinds_{};
  Traffic counted_{};
  std::vector<std::uint64_t> messages_out_, bytes_out_;
  Evaluation best_{};
  bool have_best_ = false, started_ = false, ended_ = false, stuck_ = false;
  std::uint64_t best_cycle_ = 0;
  std::vector<ValueIndex> best_values_;
  RunEnd end_ = RunEnd::by_itself;
  double last_ = 0;
  Array<std::byte> rows_;
  Array<Best> best_rows_;
};

}  // namespace

RunResult simulate_cycles(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
                          std::span<const Setting> settings, const RunControl& control) {
  ENTENTE_EXPECTS(control.simulation != nullptr);
  return SimulatedCycles(problem, costs, algorithm, settings, control).run();
}

}  // namespace entente::runtime
