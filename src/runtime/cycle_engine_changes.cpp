// SPDX-License-Identifier: MIT
// The cycle engine when only what changes is run.
#include <algorithm>
#include <cstring>

#include "entente/algorithm/awake.hpp"
#include "runtime/cycle_engine.hpp"
#include "runtime/cycle_engine_parts.hpp"

namespace entente::runtime {

/// The first cycle of a change-driven run: all rows of a block, and each computation's share of the cost.
void CycleEngine::rebuild(ComputationId low, ComputationId high, Best* best) {
  const kernel::LocalTables& tables = costs_.tables();
  const std::size_t cell = tables.single ? sizeof(float) : sizeof(double);
  const std::byte* const values = planes_[std::size_t(value_phase_)].now;
  kernel::DoubledCost& sum = block_costs_[low / block_] = {};
  const auto row = [&](ComputationId i) { return rows_.data() + costs_.row_offset(i) * cell; };
  if (moves_shares()) {
    kernels_.gather(tables, values, low, high, row(low), kernel_best(best), &sum);
    for (ComputationId i = low; i < high; ++i)
      doubled_[i] =
          kernels_.pick(tables, i, value_at(values, costs_.value_bytes(), i), row(i), kernel_best(best + (i - low)));
    return;
  }
  for (ComputationId i = low; i < high; ++i) {
    shares_[i] = {};
    kernels_.gather(tables, values, i, i + 1, row(i), kernel_best(best + (i - low)), &shares_[i]);
    sum.cost += shares_[i].cost;
    sum.violations += shares_[i].violations;
  }
}

/// Brings row, best and share of the woken computations of a block up to date.
void CycleEngine::refresh(ComputationId low, ComputationId high, const std::uint8_t* awake, Best* best) {
  const kernel::LocalTables& tables = costs_.tables();
  const std::size_t cell = tables.single ? sizeof(float) : sizeof(double);
  const std::byte* const values = planes_[std::size_t(value_phase_)].now;
  kernel::DoubledCost& sum = block_costs_[low / block_];
  const auto row = [&](ComputationId i) { return rows_.data() + costs_.row_offset(i) * cell; };
  const auto pick = [&](ComputationId i) {
    return kernels_.pick(tables, i, value_at(values, costs_.value_bytes(), i), row(i), kernel_best(best + (i - low)));
  };
  if (moves_shares()) {
    entente::detail::for_each_awake(awake, low, high, [&](ComputationId i) {
      const double doubled = pick(i);
      if (doubled == doubled_[i]) return;
      kernel::add_share(tables.hard_weight, doubled_[i], -1, &sum);
      kernel::add_share(tables.hard_weight, doubled, 1, &sum);
      doubled_[i] = doubled;
    });
    return;
  }
  const bool in_place = kernels_.apply && tables.exact;
  entente::detail::for_each_awake(awake, low, high, [&](ComputationId i) {
    shares_[i] = {};
    if (kernels_.pick && (in_place || awake[i] == 1))
      kernel::add_share(tables.hard_weight, pick(i), 1, &shares_[i]);
    else
      kernels_.gather(tables, values, i, i + 1, row(i), kernel_best(best + (i - low)), &shares_[i]);
  });
  sum = {};
  for (ComputationId i = low; i < high; ++i) {
    sum.cost += shares_[i].cost;
    sum.violations += shares_[i].violations;
  }
}

/// Change-driven: tells the receivers in this thread's share who changed.
void CycleEngine::announce(std::uint32_t written, Lane& lane) {
  const Plane& plane = planes_[written];
  const ComputationId low = low_of(lane), high = high_of(lane);
  const bool view = int(written) == value_phase_;
  std::uint8_t* const awake = awake_[written].data();
  for (const Lane& other : lanes_) {
    const std::span<const ComputationId> senders(other.changed.list, other.changed.count);
    if (view && kernels_.apply) {
      kernels_.apply(costs_.tables(), senders.data(), other.changed.count, plane.now, plane.next, low, high,
                     rows_.data(), awake);
      continue;
    }
    for (const ComputationId i : senders)
      for (std::uint32_t e = costs_.first()[i]; e < costs_.first()[i + 1]; ++e) {
        const ComputationId j = costs_.neighbours()[e];
        if (j >= low && j < high) awake[j] |= view ? 3 : 1;
      }
  }
}

/// Change-driven: what this thread's computations changed becomes what is read.
void CycleEngine::settle(std::uint32_t written, Lane& lane) {
  const Plane& plane = planes_[written];
  const bool view = int(written) == value_phase_;
  const std::size_t size = messages_[written].value ? costs_.value_bytes() : messages_[written].size;
  for (const ComputationId i : std::span<const ComputationId>(lane.changed.list, lane.changed.count)) {
    if (plane.two) std::memcpy(plane.now + i * size, plane.next + i * size, size);
    if (view) awake_[written][i] |= 1;  // its own share of the cost
  }
  lane.changed.count = 0;
}

/// One thread: from here on, only what changes is run. The first such cycle runs everybody.
void CycleEngine::start_skipping() {
  skipping_ = rebuild_ = true;
  for (std::uint32_t q = 0; q < phases_; ++q) {
    std::memset(awake_[q].data(), 1, count_);
    if (planes_[q].two) std::memcpy(planes_[q].next, planes_[q].now, planes_[q].a.bytes());
  }
}

}  // namespace entente::runtime
