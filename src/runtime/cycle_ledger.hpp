// SPDX-License-Identifier: MIT
// CycleLedger: what a synchronous run knows of itself between cycles where no barrier makes it one: costs, the best
// assignment, counts, and whether it is over.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "kernel/local_costs.hpp"
#include "runtime/cycle_books.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// The cycles that a run has at most. Draws are addressed by 32-bit ticks; the cycle engine ends there too.
std::uint32_t most_cycles(const RunControl& control, std::uint32_t phases);

/// Takes the books of cycles as they are closed, one after the other, and gives what the cycle engine gives: the same
/// reports, ends, assignments and counts, bit for bit.
///
/// Cost  that of evaluating an assignment for each cycle; on the thread that calls.
class CycleLedger {
 public:
  /// `truth`: what constraints truly cost (Partition::truth). `types` knows the messages. All must outlive this.
  CycleLedger(const Problem& problem, const kernel::LocalCosts& costs, const kernel::LocalTables& truth,
              const Population& types, const RunControl& control);

  /// What was told before the first cycle.
  void begin(CycleBook before);
  /// All computations have ended the next cycle, at `time` of a simulation's clock. Returns why the run is over, if it
  /// is.
  std::optional<RunEnd> close(CycleBook book, double time = 0);
  /// Cycles that were closed.
  std::uint64_t cycles() const { return cycle_; }
  std::uint64_t checks() const { return checks_; }

  /// Fills all that `result` says of cycles, assignments and counts, but not why it ended.
  void conclude(RunResult& result);

 private:
  bool tells_values() const { return value_phase_ >= 0; }
  std::uint64_t count_moves(const CycleBook& book) const;
  void count(const CycleBook& book);
  Evaluation evaluate();
  void take_stock(const Evaluation& now);
  std::vector<ValueIndex> values_of(const CycleBook& book) const;
  void report(const Evaluation& now);

  const Problem& problem_;
  const kernel::LocalCosts& costs_;
  const kernel::LocalTables& truth_;
  const kernel::LocalKernels& kernels_;
  const std::span<const MessageInfo> messages_;
  const RunControl& control_;
  const std::uint32_t count_, phases_;
  int value_phase_ = -1;
  bool begun_ = false, have_best_ = false;
  CycleBook read_;      ///< What the oldest open cycle reads,
  double read_at_ = 0;  ///< and when the last computation had told it.
  std::uint64_t cycle_ = 0, moved_before_ = 0, checks_ = 0, view_checks_ = 0;
  std::uint32_t finished_ = 0;
  std::array<KindTraffic, max_phases> kinds_{};
  Traffic counted_{};
  std::vector<std::uint64_t> messages_out_, bytes_out_;
  Evaluation best_{};
  std::uint64_t best_cycle_ = 0;
  std::vector<ValueIndex> best_values_;
  Array<std::byte> rows_;
  Array<Best> best_rows_;
};

}  // namespace entente::runtime
