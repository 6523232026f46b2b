// SPDX-License-Identifier: MIT
// An order in which the variables of a core network are eliminated cheaply.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/exact/core_network.hpp"

namespace entente {

struct CoreOrder {
  std::vector<std::uint32_t> order;  ///< First to be eliminated first.
  /// By variable: those its function depends on after it is eliminated, in no particular order.
  std::vector<std::vector<std::uint32_t>> separator;
  double cells = 0;  ///< Of all joins; may be far beyond what can be counted.
  double bytes = 0;  ///< Of all functions that elimination makes.
  std::size_t width = 0;
};

/// Returns a min-fill order, ties by fewer cells and then the lowest number; a min-degree order where the network is
/// large. O(n d^3) time and O(n d) memory for n variables with d neighbours as they are eliminated; gives up on the
/// separators, with infinite `cells`, once it is clear that nobody can eliminate like that.
CoreOrder elimination_order(const CoreNetwork& core);

/// The same network with variable order[i] as number i.
CoreNetwork renumber(CoreNetwork core, const std::vector<std::uint32_t>& order);

}  // namespace entente
