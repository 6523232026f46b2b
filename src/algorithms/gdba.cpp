// SPDX-License-Identifier: MIT
// GDBA, the Generalised Distributed Breakout Algorithm.
#include <algorithm>

#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// As in MGM only the largest improvement of a neighbourhood moves; where nobody can improve, a variable raises what it
/// believes its violated constraints to cost, until moving pays.
///
/// Never comes to rest: stop it by cycles or time, the best assignment seen is the answer. `dgls` is its successor.
///
/// Cost   O(degree * |domain|) time and 2 * degree messages of 4 bytes, per variable and cycle; raising whole tables
///        O(cells). Memory: a copy of each constraint per member.
/// From   Okamoto, Zivan & Nahon, "Distributed breakout: beyond satisfaction", IJCAI 2016. Left open there:
/// improvements
///        travel in single precision; ties go to the lower id; of several best values the lowest is taken.
struct Gdba {
  static constexpr Info info{.name = "gdba",
                             .summary = "local search that raises the cost of violated constraints where it is stuck",
                             .graph = Graph::constraint,
                             .timing = Timing::cycles,
                             .source = "Okamoto, Zivan & Nahon, IJCAI 2016"};
  static constexpr bool owns_costs = true;

  enum class Violation { non_zero, non_minimum, maximum };
  struct Params {
    Penalty modifier = Penalty::add;
    Violation violation = Violation::non_zero;
    Cells increase_mode = Cells::entry;
  };
  static constexpr auto parameters = std::tuple{
      choice("modifier", &Params::modifier, {"A", "M"}, "A: penalties are added to costs; M: costs are multiplied"),
      choice("violation", &Params::violation, {"NZ", "NM", "MX"},
             "a constraint is violated where its cost is NZ: not zero; NM: not its lowest; MX: its highest"),
      choice("increase_mode", &Params::increase_mode, {"E", "R", "C", "T"},
             "penalise E: the current entry; R: the row of all own values; C: the column of all other values; T: all")};

  struct Value {
    ValueIndex value;
  };
  struct Improve {
    float improve;
  };
  using Cycle = Phases<Value, Improve>;

  ValueIndex value = 0, candidate = 0;
  float improve = 0;
  bool stuck = false;

  void start(Agent auto& self) {
    value = self.initial_value();
    self.broadcast(Value{value});
  }

  /// Nobody around a stuck variable moves, so it still is where it was stuck when it comes to learn from that.
  void learn(Agent auto& self) {
    if (!stuck) return;
    self.each_constraint(value, [&](OwnConstraint& constraint) {
      if (violated(self, constraint)) constraint.raise(self.params().increase_mode, self.params().modifier, 1.0);
    });
  }

  void step(Agent auto& self, Inbox<Value>) {
    const Move move = self.best_response(value);
    candidate = move.value;
    improve = static_cast<float>(move.gain);
    self.broadcast(Improve{improve});
  }

  void step(Agent auto& self, Inbox<Improve> others) {
    // Without early exits: nobody can predict where they would be.
    float most = 0;
    bool yields = false;
    for (Neighbour k = 0; k < others.size(); ++k) {
      const float theirs = others[k].improve;
      most = std::max(most, theirs);
      yields |= (theirs == improve) & (others.sender(k) < self.id());
    }
    stuck = !(improve > 0) && !(most > 0);
    if (improve > 0 && improve >= most && !yields) value = candidate;
    self.broadcast(Value{value});
  }

  bool operator==(const Gdba&) const = default;

 private:
  static bool violated(Agent auto& self, const OwnConstraint& constraint) {
    switch (self.params().violation) {
      case Violation::non_zero: return constraint.cost() != 0;
      case Violation::non_minimum: return constraint.cost() > constraint.lowest();
      case Violation::maximum: return constraint.cost() == constraint.highest();
    }
    return false;
  }
};

}  // namespace

Algorithm gdba() { return algorithm_of<Gdba>(); }

}  // namespace entente::algorithms
