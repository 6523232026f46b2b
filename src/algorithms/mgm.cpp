// SPDX-License-Identifier: MIT
// MGM, the Maximum Gain Message algorithm.
#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// In each neighbourhood only the variable with the largest gain moves, so the cost never rises; ends by itself where
/// no variable alone can improve (1-optimal).
///
/// Cost  O(degree * |domain|) time and 2 * degree messages of 4 bytes, per variable and cycle.
/// From  Maheswaran, Pearce & Tambe, "Distributed algorithms for DCOP: a graphical-game-based approach", PDCS 2004.
///       Left open there: of several best values the lowest is taken; gains travel in single precision, which keeps
///       their order strict (equal ones are ties), and so the cost monotone.
struct Mgm {
  static constexpr Info info{.name = "mgm",
                             .summary = "local search in which only the largest gain of a neighbourhood moves",
                             .graph = Graph::constraint,
                             .timing = Timing::cycles,
                             .monotone = true,
                             .optimal_in_groups = 1,
                             .source = "Maheswaran, Pearce & Tambe, PDCS 2004"};

  enum class BreakMode { lexic, random };
  struct Params {
    BreakMode break_mode = BreakMode::lexic;
  };
  static constexpr auto parameters = std::tuple{choice("break_mode", &Params::break_mode, {"lexic", "random"},
                                                       "who moves when gains are equal: the first, or one at random")};

  struct Value {
    ValueIndex value;
  };
  struct Gain {
    float gain;
  };
  using Cycle = Phases<Value, Gain>;

  ValueIndex value = 0, candidate = 0;
  float gain = 0;

  void start(Agent auto& self) {
    value = self.initial_value();
    self.broadcast(Value{value});
  }

  void step(Agent auto& self, Inbox<Value>) {
    const Move move = self.best_response(value);
    candidate = move.value;
    gain = static_cast<float>(move.gain);
    self.broadcast(Gain{gain});
  }

  void step(Agent auto& self, Inbox<Gain> rivals) {
    if (candidate != value && wins(self, rivals)) value = candidate;
    self.broadcast(Value{value});
  }

  bool operator==(const Mgm&) const = default;

 private:
  bool wins(Agent auto& self, Inbox<Gain> rivals) const {
    for (Neighbour k = 0; k < rivals.size(); ++k) {
      const float theirs = rivals[k].gain;
      if (theirs > gain || (theirs == gain && yields(self, rivals.sender(k)))) return false;
    }
    return true;
  }
  static bool yields(Agent auto& self, ComputationId rival) {
    if (self.params().break_mode == BreakMode::random) {
      const double mine = self.lot(self.id()), theirs = self.lot(rival);
      if (mine != theirs) return theirs < mine;
    }
    return rival < self.id();
  }
};

}  // namespace

Algorithm mgm() { return algorithm_of<Mgm>(); }

}  // namespace entente::algorithms
