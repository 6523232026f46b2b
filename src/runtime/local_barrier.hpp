// SPDX-License-Identifier: MIT
// Partition: a part of a synchronous run that shares nothing with the others but bytes. Each computation keeps its own
// barrier by counting its neighbours' messages; there is no common one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "entente/base/array.hpp"
#include "kernel/local_costs.hpp"
#include "kernel/own_costs.hpp"

namespace entente::runtime {

/// Runs the computations of one part. A computation runs tick t (cycle t / phases, phase t % phases) as soon as every
/// neighbour's message of that tick is there; a neighbour is at most one tick ahead, so two buffers per message, chosen
/// by the tick's parity, hold what comes early. Batches may come late, in any order and more than once. Lost ones must
/// be sent again by whoever moves them.
///
/// Results equal the cycle engine's bit for bit, for the same problem, parameters, seed and number of cycles.
///
/// Memory  buffers for every computation of the problem, of which only this part's and its neighbours' are touched.
///
/// A partition may also stand for every part (`every_part`), for engines that simulate what is between them: then
/// batches still carry all that crosses from part to part, but memory does not grow with the number of parts.
class Partition {
 public:
  using Send = std::function<void(std::uint32_t part, std::span<const std::byte> batch)>;
  static constexpr std::uint32_t every_part = ~std::uint32_t(0);

  static constexpr std::uint32_t at_start = ~std::uint32_t(0);

  /// What a step did, or a computation's `start`.
  struct Step {
    ComputationId computation;
    std::uint32_t tick;      ///< `at_start` for its start.
    std::uint64_t active;    ///< 0 if it changed no state, drew no number and said nothing new.
    std::uint64_t checks;    ///< Constraint checks, as far as the cycle engine counts those of this algorithm by step.
    const std::byte* value;  ///< Where the value that it told is, if it told one.
    ValueIndex decision;     ///< After a cycle's last step of algorithms that tell no values.
    bool finished;           ///< The computation has said that it has nothing more to do.
  };
  /// Looks at every step, and at what is sent in sparse phases.
  struct Watch {
    std::function<void(const Step&)> stepped;
    const std::uint32_t* host = nullptr;  ///< Agent of each computation.
    Traffic* sent = nullptr;              ///< By computation: to other agents; the watch may reset it.
    KindTraffic* kinds = nullptr;         ///< By phase.
  };

  /// `part_of[i]` is the part of computation i; `me` is this one. All references must outlive the partition.
  Partition(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
            std::span<const Setting> settings, std::uint64_t seed, std::uint32_t cycles,
            std::span<const std::uint32_t> part_of, std::uint32_t me, Send send);

  /// Before the start. The watch must outlive the partition.
  void watch(const Watch& watch) { watch_ = &watch; }
  /// Nobody runs this tick or a later one, until it is moved on: who is ready for it waits in `take_waiting`.
  void set_limit(std::uint32_t tick) { limit_ = tick; }
  std::vector<ComputationId> take_waiting() { return std::exchange(waiting_, {}); }
  /// Runs a computation that was waiting, and all that is ready then.
  void resume(ComputationId computation);

  /// Runs `start` of this part's computations and all ticks that are ready, and sends what the others need.
  void start() { start(mine_); }
  /// The same for some of them.
  void start(std::span<const ComputationId> computations);
  /// Takes a batch from another part and goes on as far as it allows. Throws Error{bad_input} for bytes that no
  /// partition of this run sends; the run is unharmed by them.
  void deliver(std::span<const std::byte> batch);
  /// Whether all computations of this part have run all cycles.
  bool done() const { return finished_ == mine_.size(); }
  /// What constraints truly cost, in the layout that steps read.
  const kernel::LocalTables& truth() const { return own_ ? own_->truth() : costs_.tables(); }
  /// The phase whose messages are values, or -1.
  int value_phase() const { return value_phase_; }
  /// The tick of a batch's first message. Needs a batch that a partition sent.
  static std::uint32_t first_tick(std::span<const std::byte> batch);
  /// Decisions of this part's computations; others' entries are left alone.
  void decisions(std::span<ValueIndex> values) const;

 private:
  struct Header {
    std::uint32_t tick, edge;
    std::uint16_t size;
    std::uint8_t present, reserved;
  };
  struct Plane {
    std::array<Array<std::byte>, 2> slots;  ///< By tick parity.
    std::array<Array<std::uint32_t>, 2> stamp, mailed;
  };

  bool is_mine(std::uint32_t part) const { return me_ == every_part || part == me_; }
  void run(ComputationId i, std::uint32_t tick);
  void look(Frame& frame);
  void tell_watch(ComputationId i, std::uint32_t tick);
  std::size_t slot_size(std::uint32_t kind) const { return sizes_[kind]; }
  Frame frame(std::uint32_t tick);
  void accept(const Header& header, std::span<const std::byte> body);
  bool value_out_of_domain(ComputationId from, std::span<const std::byte> body) const;
  void hear(ComputationId to, std::uint32_t tick);
  void speak(ComputationId from, std::uint32_t tick);
  void remember(ComputationId i, const std::byte* plane);
  void run_ready();
  void flush();

  const Problem& problem_;
  const kernel::LocalCosts& costs_;
  const kernel::LocalKernels& kernels_;
  std::unique_ptr<Population> population_;
  std::span<const MessageInfo> messages_;
  std::span<const std::uint32_t> part_of_;
  std::uint32_t me_, phases_, last_tick_, count_;
  std::uint32_t limit_ = ~std::uint32_t(0);
  const Watch* watch_ = nullptr;
  Activity activity_{};        ///< Of the step at hand,
  std::uint64_t checks_ = 0;   ///< and its constraint checks.
  bool counts_checks_ = true;  ///< Steps make more checks than those of the view.
  std::uint64_t seed_;
  int value_phase_ = -1;
  Send send_;
  std::vector<ComputationId> mine_, ready_, waiting_;
  std::size_t finished_ = 0;
  std::vector<std::size_t> sizes_;  ///< Of a slot of each plane.
  std::vector<Plane> planes_;
  std::vector<ValueIndex> decided_;                  ///< Of algorithms that tell no values.
  std::vector<std::uint32_t> at_;                    ///< The tick each computation runs next.
  std::array<std::vector<std::uint32_t>, 2> heard_;  ///< Neighbours heard for that tick and the one after.
  std::array<std::vector<std::uint32_t>, 2> seen_;   ///< Per edge: last tick heard, plus one; drops duplicates.
  std::vector<std::vector<std::byte>> outbox_;       ///< Per part,
  std::vector<std::uint32_t> filled_;                ///< those that are not empty.
  Array<std::byte> rows_;
  Array<Best> bests_;
  Array<std::int32_t> initial_;
  Array<std::uint32_t> told_;  ///< By directed edge: the value that neighbour told this cycle.
  Array<std::uint8_t> done_;
  std::optional<kernel::OwnCosts> own_;
};

}  // namespace entente::runtime
