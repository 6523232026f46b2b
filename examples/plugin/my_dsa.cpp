// SPDX-License-Identifier: MIT
// A stochastic local search, written as a plug-in; docs/writing-an-algorithm.md builds it up step by step.
#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// Every cycle each variable tells its neighbours its value and moves, with a given probability, to its best reply.
struct MyDsa {
  static constexpr Info info{.name = "my_dsa",
                             .summary = "stochastic local search: move to the best reply with a given probability",
                             .graph = Graph::constraint,
                             .timing = Timing::cycles,
                             .source = "Zhang, Wang, Xing & Wittenburg, Artificial Intelligence 161 (2005) 55-87"};

  enum class Variant { A, B, C };
  struct Params {
    double probability = 0.7;
    Variant variant = Variant::B;
  };
  static constexpr auto parameters =
      std::tuple{real("probability", &Params::probability, 0.0, 1.0, "chance of making a move that is allowed"),
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
    if (allowed(self, move) && self.uniform() < self.params().probability) value = self.pick(move, value);
    self.broadcast(Value{value});
  }

  bool operator==(const MyDsa&) const = default;

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
};

}  // namespace

Algorithm my_dsa() { return algorithm_of<MyDsa>(); }

}  // namespace entente::algorithms
