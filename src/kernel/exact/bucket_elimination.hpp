// SPDX-License-Identifier: MIT
// Minimises a connected part of a network without search: variables are eliminated one by one.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/exact/core_network.hpp"
#include "kernel/exact/elimination_order.hpp"
#include "kernel/stop_signal.hpp"

namespace entente {

struct BucketResult {
  bool finished = false;               ///< False if stopped.
  std::vector<ValueIndex> assignment;  ///< Empty if none is allowed.
  double cost = 0;                     ///< Of the assignment.
};

/// Whether that stays within `memory` bytes and the tables can be addressed.
bool can_eliminate(const CoreNetwork& core, const CoreOrder& order, std::uint64_t memory);

/// Returns a cheapest assignment. Cost: order.cells additions and minima, several 10^8 to 10^9 a second.
///
/// From  Dechter, "Bucket elimination", Artificial Intelligence 113 (1999) 41-85; ties go to the lowest value.
BucketResult eliminate_buckets(const CoreNetwork& core, const CoreOrder& order, std::uint64_t memory,
                               const StopSignal& stop);

}  // namespace entente
