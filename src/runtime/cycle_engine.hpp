// SPDX-License-Identifier: MIT
// CycleEngine: runs a synchronous algorithm at array speed in one process.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "entente/base/array.hpp"
#include "kernel/local_costs.hpp"
#include "kernel/own_costs.hpp"
#include "runtime/barrier.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// How a cycle engine executes. Results never depend on it.
enum class Execution {
  automatic,      ///< Full while many values change, change-driven afterwards.
  full,           ///< Every step in every cycle.
  change_driven,  ///< Only steps whose inputs or state changed, or that drew a number.
};

/// Runs cycles of barrier-separated phases. Computations are dealt to threads in blocks of 128; messages are slots in
/// planes; delivery is a store. Draws are addressed by (seed, computation, cycle), sums run in block order: neither the
/// number of threads nor the execution changes a bit of the result.
///
/// A run ends by itself at a fixed point: a cycle in which no step changed its state, drew a number, or said anything
/// new, after one in which no value changed (so that full cycles need to look for it only then).
///
/// Counted are the messages of sparse phases to computations on other agents (`control.host`), as they are sent; what
/// the other phases send follows from graph and cycles alone. Constraint checks are counted by the paper's algorithm
/// and not by what this engine saves: filling the view takes a variable one check for each of its values and
/// constraints, once a cycle; algorithms with sparse phases or costs of their own add what they ask for besides
/// (`shared_cost`, `each_constraint`). Phases are barriers, so of each only the largest count of all computations is
/// not concurrent with others; `checks` is their sum.
///
/// Memory  per variable: two or three value planes of 1 or 4 bytes, the algorithm's state, its message slots; while
///         change-driven also one row of local costs, 8 or 16 bytes, and one byte per phase.
/// No allocation, lock or virtual call per message; none at all per cycle but one virtual call per block and phase.
class CycleEngine {
 public:
  CycleEngine(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
              std::span<const Setting> settings, const RunControl& control, Execution execution = Execution::automatic);

  RunResult run();
  /// Heap bytes of the engine, without the cost tables and the algorithm's state.
  std::size_t bytes() const;

 private:
  static constexpr std::uint32_t block_ = 128, blocks_at_once_ = 8;
  struct Plane {
    Array<std::byte> a, b, c;
    std::byte *now = nullptr, *next = nullptr;
    bool two = false;  ///< Written and read in the same phase, or compared from cycle to cycle.
    Array<std::uint32_t> stamp, mailed;
  };
  struct alignas(64) Lane {
    Array<ComputationId> senders;
    Changed changed{};
    Activity activity{};
    std::uint64_t moved = 0;                      ///< Values that differ from the cycle before.
    std::array<KindTraffic, max_phases> kinds{};  ///< Sent in sparse phases to other agents.
    std::uint64_t most_checks = 0;                ///< Of a step of the phase at hand.
    Array<std::byte> rows;
    Array<Best> best;
    std::uint32_t block_begin = 0, block_end = 0;
    double busy = 0;
  };

  void prepare();
  Frame frame(std::uint32_t phase, Lane& lane) const;
  void work(int thread);
  void run_phase(std::uint32_t phase, Lane& lane);
  void rebuild(ComputationId low, ComputationId high, Best* best);
  void refresh(ComputationId low, ComputationId high, const std::uint8_t* awake, Best* best);
  /// Costs are summed exactly in any order, so that a block's sum may be adjusted instead of added up again.
  bool moves_shares() const { return kernels_.pick && costs_.tables().single; }
  /// What computations believe constraints to cost, and what they do cost.
  const kernel::LocalTables& believed() const { return own_ ? own_->believed() : costs_.tables(); }
  const kernel::LocalTables& truth() const { return own_ ? own_->truth() : costs_.tables(); }
  std::uint32_t slot_bytes(std::uint32_t phase) const;
  void count_moves(Lane& lane);
  void take_stock();
  void exchange(std::uint32_t written);
  void announce(std::uint32_t written, Lane& lane);
  void settle(std::uint32_t written, Lane& lane);
  void finish_cycle();
  void count_checks();
  KindTraffic sent(std::uint32_t phase) const;
  void count_traffic(RunResult& result) const;
  bool all_finished() const;
  bool should_stop();
  void report(std::uint64_t cycle, const Evaluation& now, std::uint64_t changed);
  void start_skipping();
  Evaluation total_cost();
  void wait_out_delay() const;
  std::vector<ValueIndex> values_of(const std::byte* plane) const;
  std::vector<ValueIndex> current_values() const;
  ComputationId low_of(const Lane& lane) const { return lane.block_begin * block_; }
  ComputationId high_of(const Lane& lane) const { return std::min(count_, lane.block_end * block_); }

  const Problem& problem_;
  const kernel::LocalCosts& costs_;
  const kernel::LocalKernels& kernels_;
  RunControl control_;
  Execution execution_;
  std::unique_ptr<Population> population_;
  std::span<const MessageInfo> messages_;
  std::uint32_t count_, blocks_, phases_;
  int value_phase_ = -1;
  bool can_skip_ = true;  ///< Neither sparse phases nor own costs: change-driven execution is possible.
  Array<std::uint8_t> finished_;
  Array<Traffic> sent_;            ///< In sparse phases, by sender; empty if there are none.
  std::uint64_t view_checks_ = 0;  ///< Of the variable that needs most to fill its row of the view.

  std::optional<kernel::OwnCosts> own_;  ///< For algorithms whose computations change what they believe.
  std::array<Plane, max_phases> planes_;
  std::array<Array<std::uint8_t>, max_phases> awake_;
  std::vector<Lane> lanes_;
  Array<std::byte> rows_;
  Array<Best> bests_;
  Array<kernel::DoubledCost> shares_;  ///< Change-driven: what each variable accounts for,
  Array<double> doubled_;              ///< or, where sums are exact, both parts in one number.
  Array<kernel::DoubledCost> block_costs_;
  Array<std::int32_t> initial_;
  std::byte* best_plane_ = nullptr;

  // Set by one thread between two barriers, read by all after the second.
  std::uint32_t cycle_ = 0;
  bool skipping_ = false, rebuild_ = false, tracking_ = false, keep_ = false, stop_ = false;
  std::uint64_t moved_before_ = 0;
  std::uint64_t checks_ = 0;  ///< Non-concurrent ones beyond the view's.
  Traffic counted_{};         ///< Sent in sparse phases of whole cycles.
  Evaluation best_{};
  bool have_best_ = false;
  std::uint64_t best_cycle_ = 0;
  RunEnd end_ = RunEnd::by_itself;
  std::exception_ptr failure_;
  std::atomic<bool> failed_{false};
  Barrier barrier_;
};

}  // namespace entente::runtime
