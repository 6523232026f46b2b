// SPDX-License-Identifier: MIT
#include "participants/consensus/census.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace entente::participants {

Census::Census(std::uint32_t self, std::span<const std::uint32_t> neighbours, double curvature)
    : self_(self), neighbours_(neighbours.begin(), neighbours.end()), own_curvature_(curvature) {
  word_.leader = self;
  word_.count = 1;
  word_.largest = curvature;
}

void Census::hear(std::uint64_t cycle, std::span<const ConsensusCensus* const> words) {
  std::uint32_t leader = word_.leader, parent = word_.parent;
  for (std::size_t k = 0; k < words.size(); ++k) {
    if (words[k]->leader <= leader) continue;
    leader = words[k]->leader;
    parent = neighbours_[k];
  }
  if (leader > word_.leader) {
    word_.leader = leader;
    word_.parent = parent;
    word_.complete = false;
  } else if (!word_.complete) {
    word_.complete = true;
    word_.height = 0;
    word_.count = 1;
    word_.largest = own_curvature_;
    for (const ConsensusCensus* const other : words) {
      const bool child = other->parent == self_;
      word_.complete = word_.complete && other->leader == leader && (!child || other->complete);
      if (!child || !word_.complete) continue;
      word_.height = std::max(word_.height, other->height + 1);
      word_.count += other->count;
      word_.largest = std::max(word_.largest, other->largest);
    }
  }
  if (word_.since > 0) return;
  if (word_.complete && word_.leader == self_) {
    word_.since = cycle + 1;
    word_.radius = word_.height;
    word_.total = word_.count;
    word_.curvature = word_.largest;
    return;
  }
  for (const ConsensusCensus* const other : words) {
    if (other->since == 0) continue;
    word_.since = other->since;
    word_.radius = other->radius;
    word_.total = other->total;
    word_.curvature = other->curvature;
    return;
  }
}

bool Census::agreed(std::uint64_t cycle, double disagreement, double enough,
                    std::span<const ConsensusCensus* const> words) {
  if (!known(cycle)) return false;
  const std::uint64_t length = diameter() + 1, place = (cycle - word_.since - word_.radius) % length;
  if (place == 0) {
    word_.worst = std::isnan(disagreement) ? std::numeric_limits<double>::infinity() : disagreement;
  } else {
    for (const ConsensusCensus* const other : words) word_.worst = std::max(word_.worst, other->worst);
  }
  return place + 1 == length && word_.worst <= enough;
}

}  // namespace entente::participants
