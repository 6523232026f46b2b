// SPDX-License-Identifier: MIT
// Topology: who is whose neighbour.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "entente/carriers/message.hpp"

namespace entente {

/// Neighbours of addresses 1, 2, ... A default-constructed one makes everybody everybody's neighbour.
class Topology {
 public:
  Topology() = default;
  /// `neighbours[i]`: those of address i + 1. Sorted here; repeated ones count once. Links may be one-way.
  /// Throws Error{bad_input} for address 0, an address beyond the lists, and somebody's own.
  explicit Topology(const std::vector<std::vector<Address>>& neighbours);

  static Topology complete() { return {}; }
  /// Both ways between positions (address - 1) below `count`.
  static Topology from_links(std::size_t count, std::span<const std::pair<std::uint32_t, std::uint32_t>> links);
  /// Everybody with the one before and the one after.
  static Topology ring(std::size_t count);
  /// A ring in which everybody is linked with the `degree` nearest (even, >= 2, < count), each link then moved to a
  /// random other end with the given probability. Links of the ring itself stay, so that nobody is cut off.
  ///
  /// From  Watts & Strogatz, "Collective dynamics of small-world networks", Nature 393 (1998) 440-442, who move those
  ///       links too.
  static Topology small_world(std::size_t count, std::size_t degree, double probability, std::uint64_t seed);

  bool is_complete() const { return first_.empty(); }
  /// 0 if complete.
  std::size_t size() const { return first_.empty() ? 0 : first_.size() - 1; }
  /// Ascending. Not for a complete one.
  std::span<const Address> neighbours(Address of) const {
    return {items_.data() + first_[of.number - 1], first_[of.number] - first_[of.number - 1]};
  }

 private:
  std::vector<std::size_t> first_;
  std::vector<Address> items_;
};

}  // namespace entente
