// SPDX-License-Identifier: MIT
// DSA-TUTO, the smallest useful algorithm: an example to read and to copy.
#include <tuple>

#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// DSA-A with a fixed probability of one half: whoever can improve tosses a coin and, on heads, does so.
///
/// Made for reading; `dsa` is the same with variants and a probability of one's choice.
///
/// Cost  O(degree * |domain|) time and `degree` messages of 4 bytes, per variable and cycle.
/// From  Zhang, Wang, Xing & Wittenburg, "Distributed stochastic search and distributed breakout",
///       Artificial Intelligence 161 (2005) 55-87, variant A. Left open there: among several best values each is as
///       likely.
struct DsaTuto {
  static constexpr Info info{.name = "dsatuto",
                             .summary = "stochastic local search to learn from: improve on the toss of a coin",
                             .graph = Graph::constraint,
                             .timing = Timing::cycles,
                             .source = "Zhang, Wang, Xing & Wittenburg, Artificial Intelligence 161 (2005) 55-87"};

  struct Params {};
  static constexpr std::tuple<> parameters{};

  struct Value {
    ValueIndex value;
  };
  using Cycle = Phases<Value>;

  ValueIndex value = 0;

  void start(Agent auto& self) {
    value = self.initial_value();
    self.broadcast(Value{value});
  }

  void step(Agent auto& self, Inbox<Value>) {
    const Move move = self.best_response(value);
    if (move.gain > 0 && self.uniform() < 0.5) value = self.pick(move, value);
    self.broadcast(Value{value});
  }

  bool operator==(const DsaTuto&) const = default;
};

}  // namespace

Algorithm dsatuto() { return algorithm_of<DsaTuto>(); }

}  // namespace entente::algorithms
