// SPDX-License-Identifier: MIT
// DSA, the Distributed Stochastic Algorithm.
#include <algorithm>

#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// Every cycle each variable learns its neighbours' values and, with a given probability, moves to its best reply.
///
/// Finds good assignments fast and offers no bound on their quality; use `mgm` for a cost that never rises, `dpop` for
/// an optimum.
///
/// Cost  O(degree * |domain|) time and `degree` messages of 4 bytes, per variable and cycle.
/// From  Zhang, Wang, Xing & Wittenburg, "Distributed stochastic search and distributed breakout",
///       Artificial Intelligence 161 (2005) 55-87. Left open there: among several best values other than one's own,
///       each is as likely.
struct Dsa {
  static constexpr Info info{.name = "dsa",
                             .summary = "stochastic local search: move to the best reply with a given probability",
                             .graph = Graph::constraint,
                             .timing = Timing::cycles,
                             .source = "Zhang, Wang, Xing & Wittenburg, Artificial Intelligence 161 (2005) 55-87"};

  enum class Variant { A, B, C, D, E };
  enum class ProbabilityMode { fixed, arity };
  struct Params {
    double probability = 0.7;
    ProbabilityMode p_mode = ProbabilityMode::fixed;
    Variant variant = Variant::B;
  };
  static constexpr auto parameters = std::tuple{
      real("probability", &Params::probability, 0.0, 1.0, "chance of making a move that is allowed"),
      choice("p_mode", &Params::p_mode, {"fixed", "arity"},
             "arity: the chance is 1.2 over the sum of (arity - 1) of the variable's constraints, at most 1"),
      choice("variant", &Params::variant, {"A", "B", "C", "D", "E"},
             "A: move if that gains; B: also without gain while a conflict remains; C: also without gain; "
             "D, E: as B, C, but a gain is always taken")};

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
    if (allowed(self, move) && self.uniform() < chance(self, move)) value = self.pick(move, value);
    self.broadcast(Value{value});
  }

  bool operator==(const Dsa&) const = default;

 private:
  static bool allowed(Agent auto& self, const Move& move) {
    if (move.gain > 0) return true;
    if (move.alternatives == 0) return false;
    switch (self.params().variant) {
      case Variant::A: return false;
      case Variant::B:
      case Variant::D: return move.cost > self.lowest_cost();  // a conflict remains
      case Variant::C:
      case Variant::E: return true;
    }
    return false;
  }
  static double chance(Agent auto& self, const Move& move) {
    const Params& p = self.params();
    if (move.gain > 0 && (p.variant == Variant::D || p.variant == Variant::E)) return 1;
    if (p.p_mode == ProbabilityMode::fixed) return p.probability;
    return std::min(1.0, 1.2 / std::max(1u, self.reach()));
  }
};

}  // namespace

Algorithm dsa() { return algorithm_of<Dsa>(); }

}  // namespace entente::algorithms
