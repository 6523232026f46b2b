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
class Partition {
 public:
  using Send = std::function<void(std::uint32_t part, std::span<const std::byte> batch)>;

  /// `part_of[i]` is the part of computation i; `me` is this one. All references must outlive the partition.
  Partition(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
            std::span<const Setting> settings, std::uint64_t seed, std::uint32_t cycles,
            std::span<const std::uint32_t> part_of, std::uint32_t me, Send send);

  /// Runs `start` of this part's computations and all ticks that are ready, and sends what the others need.
  void start();
  /// Takes a batch from another part and goes on as far as it allows. Throws Error{bad_input} for bytes that no
  /// partition of this run sends; the run is unharmed by them.
  void deliver(std::span<const std::byte> batch);
  /// Whether all computations of this part have run all cycles.
  bool done() const { return finished_ == mine_.size(); }
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

  std::size_t slot_size(std::uint32_t kind) const;
  Frame frame(std::uint32_t tick);
  void accept(const Header& header, std::span<const std::byte> body);
  bool value_out_of_domain(ComputationId from, std::span<const std::byte> body) const;
  void hear(ComputationId to, std::uint32_t tick);
  void speak(ComputationId from, std::uint32_t tick);
  void remember(ComputationId i, const std::byte* plane);
  void run_ready();
  void flush();

  const kernel::LocalCosts& costs_;
  const kernel::LocalKernels& kernels_;
  std::unique_ptr<Population> population_;
  std::span<const MessageInfo> messages_;
  std::span<const std::uint32_t> part_of_;
  std::uint32_t me_, phases_, last_tick_, count_;
  std::uint64_t seed_;
  int value_phase_ = -1;
  Send send_;
  std::vector<ComputationId> mine_, ready_;
  std::size_t finished_ = 0;
  std::vector<Plane> planes_;
  std::vector<std::uint32_t> at_;                    ///< The tick each computation runs next.
  std::array<std::vector<std::uint32_t>, 2> heard_;  ///< Neighbours heard for that tick and the one after.
  std::array<std::vector<std::uint32_t>, 2> seen_;   ///< Per edge: last tick heard, plus one; drops duplicates.
  std::vector<std::vector<std::byte>> outbox_;       ///< Per part.
  Array<std::byte> rows_;
  Array<Best> bests_;
  Array<std::int32_t> initial_;
  Array<std::uint32_t> told_;  ///< By directed edge: the value that neighbour told this cycle.
  Array<std::uint8_t> done_;
  std::optional<kernel::OwnCosts> own_;
};

}  // namespace entente::runtime
