// SPDX-License-Identifier: MIT
// MixedDSA: DSA for problems with hard and soft constraints.
#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// DSA with two probabilities: one for moves that mend a violated hard constraint, one for all others.
///
/// The eager repair of hard constraints and the patient improvement of soft ones are tuned apart. Without hard
/// constraints it is `dsa` with the probability `proba_soft`.
///
/// Cost  O(degree * |domain|) time and `degree` messages of 4 bytes, per variable and cycle.
/// From  the algorithm of this name in pyDCOP, on Zhang, Wang, Xing & Wittenburg, "Distributed stochastic search and
///       distributed breakout", Artificial Intelligence 161 (2005) 55-87. Left open there: values are compared by
///       violated hard constraints first and by cost second; of several best ones each is as likely.
struct MixedDsa {
  static constexpr Info info{
      .name = "mixeddsa",
      .summary = "DSA with one probability to mend hard constraints and one to improve soft ones",
      .graph = Graph::constraint,
      .timing = Timing::cycles,
      .source = "Zhang, Wang, Xing & Wittenburg, Artificial Intelligence 161 (2005) 55-87"};

  enum class Variant { A, B, C };
  struct Params {
    double proba_hard = 0.7;
    double proba_soft = 0.5;
    Variant variant = Variant::B;
  };
  static constexpr auto parameters = std::tuple{
      real("proba_hard", &Params::proba_hard, 0.0, 1.0, "chance of a move that leaves fewer hard constraints violated"),
      real("proba_soft", &Params::proba_soft, 0.0, 1.0, "chance of any other move that is allowed"),
      choice("variant", &Params::variant, {"A", "B", "C"},
             "A: move if that gains; B: also without gain while a conflict remains; C: also without gain")};

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

  bool operator==(const MixedDsa&) const = default;

 private:
  static bool allowed(Agent auto& self, const Move& move) {
    if (move.gain > 0) return true;
    if (move.alternatives == 0) return false;
    switch (self.params().variant) {
      case Variant::A: return false;
      case Variant::B: return move.cost > self.lowest_cost();  // a conflict remains
      case Variant::C: return true;
    }
    return false;
  }
  /// All best values violate as many hard constraints, so any of them tells what a move would mend.
  double chance(Agent auto& self, const Move& move) const {
    const bool mends = move.gain > 0 && self.violations(move.value) < self.violations(value);
    return mends ? self.params().proba_hard : self.params().proba_soft;
  }
};

}  // namespace

Algorithm mixeddsa() { return algorithm_of<MixedDsa>(); }

}  // namespace entente::algorithms
