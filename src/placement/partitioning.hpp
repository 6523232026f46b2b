// SPDX-License-Identifier: MIT
// Partitioning: cutting the graph of computations into parts with little load between them, by METIS.
#pragma once

#include <cstdint>
#include <vector>

#include "placement/model.hpp"

namespace entente::placement {

struct Parts {
  std::vector<std::uint32_t> of;  ///< The part of each item.
  double cut = 0;                 ///< Load between parts.
};

/// Cuts the items into `shares.size()` parts that hold about these shares of `weights` (up to 3 % more), with little
/// load between them.
///
/// Shapes  weights: one an item, not negative; shares: above 0, of sum 1.
/// Errors  Error{unsupported} if METIS is not installed; Error{too_large} past 2^31 neighbour entries.
/// Cost    near-linear: 10^5 items and 3 * 10^5 links into 16 parts take a tenth of a second.
/// From    Karypis & Kumar, "Multilevel k-way partitioning scheme for irregular graphs", 1998. Of its two schemes the
/// one
///         whose cut is smaller where parts are few.
Parts cut_into_parts(const PlacementModel& model, const std::vector<double>& weights, const std::vector<double>& shares,
                     std::uint64_t seed);

}  // namespace entente::placement
