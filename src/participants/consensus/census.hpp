// SPDX-License-Identifier: MIT
// Census: how participants that know but their neighbours count themselves, and end in the same cycle.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/participants/consensus_message.hpp"

namespace entente::participants {

/// One participant's part. In every cycle it hears its neighbours' words and says its own in the next.
///
/// Counting   Everybody passes on the highest address heard of, and remembers from whom: a breadth-first tree around
///            the one who has that address. A tree is complete below somebody when all neighbours name the same leader
///            and all that came through them are complete. That can come true at the root of the highest address only,
///            as every other tree ends where a higher address is known; so the root knows how many all are and how far
///            the furthest is, and says so. "Echo with extinction": Tel, Introduction to Distributed Algorithms (2000),
///            section 7.1.
/// Ending     With `radius` the root's distance from the furthest, nobody is further than 2 radius from anybody. All
///            know that from cycle `known_from` on. Windows of 2 radius + 1 cycles follow one another from then: in the
///            first cycle of a window each takes its own disagreement, in the others the largest that it hears of; in
///            the last all hold the largest of all, and decide the same.
class Census {
 public:
  Census() = default;
  Census(std::uint32_t self, std::span<const std::uint32_t> neighbours, double curvature);

  const ConsensusCensus& word() const { return word_; }
  /// What the neighbours said in the words of cycle `cycle`, in their order.
  void hear(std::uint64_t cycle, std::span<const ConsensusCensus* const> words);
  /// After `hear`: takes the own disagreement of this cycle. True: all agree within `enough`, and all find it out in
  /// this cycle.
  bool agreed(std::uint64_t cycle, double disagreement, double enough, std::span<const ConsensusCensus* const> words);

  /// Whether everybody knows the count in this cycle. The same answer for all.
  bool known(std::uint64_t cycle) const { return word_.since > 0 && cycle >= word_.since + word_.radius; }
  std::uint32_t total() const { return word_.total; }
  std::uint32_t diameter() const { return 2 * word_.radius; }  ///< At most.
  double curvature() const { return word_.curvature; }

 private:
  ConsensusCensus word_;
  std::uint32_t self_ = 0;
  std::vector<std::uint32_t> neighbours_;
  double own_curvature_ = 0;
};

}  // namespace entente::participants
