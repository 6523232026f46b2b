// SPDX-License-Identifier: MIT
// A-DSA, the Distributed Stochastic Algorithm without cycles.
#include <algorithm>
#include <cmath>
#include <vector>

#include "entente/algorithm.hpp"
#include "kernel/variable_costs.hpp"

namespace entente::algorithms {
namespace {

/// Every variable wakes up at its own times and, with a given probability, moves to its best reply to the values it
/// last heard of; it speaks only when it has moved.
///
/// As good as `dsa`, for far fewer messages once few variables move. Sends nothing while nothing changes.
///
/// Cost  O(degree * |domain|) time per turn, and a message of 4 bytes to each neighbour per move.
/// From  Fitzpatrick & Meertens, "Distributed coordination through anarchic optimization", in Lesser, Ortiz & Tambe
///       (eds.), Distributed Sensor Networks, 2003; the moves are those of Zhang et al., Artificial Intelligence 161
///       (2005). Differs in that a variable that cannot move sleeps until a neighbour does.
struct Adsa {
  static constexpr Info info{.name = "adsa",
                             .summary = "stochastic local search without cycles: each variable wakes at its own times",
                             .graph = Graph::constraint,
                             .timing = Timing::events,
                             .tolerates = {.loss = true, .duplicates = true, .reordering = true},
                             .source = "Fitzpatrick & Meertens, Distributed Sensor Networks (2003)"};

  enum class Variant { A, B, C };
  struct Params {
    double period = 0.5;
    double probability = 0.7;
    Variant variant = Variant::B;
  };
  static constexpr auto parameters =
      std::tuple{real("period", &Params::period, 1e-6, 1e6, "seconds between two turns of a variable"),
                 real("probability", &Params::probability, 0.0, 1.0, "chance of making a move that is allowed"),
                 choice("variant", &Params::variant, {"A", "B", "C"},
                        "A: move if that gains; B: also without gain while a conflict remains; C: also without gain")};

  struct Value {
    ValueIndex value;
    bool fits(const MessageGround& at) const { return at.linked() && at.told(value); }
  };
  using Messages = Kinds<Value>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    costs = VariableCosts(self.problem(), self.id());
    heard.assign(costs.neighbours(), no_value);
    lowest = self.lowest_cost();
    value = self.initial_value();
    phase = self.uniform() * self.params().period;
    self.every(self.params().period, phase);
    self.broadcast(Value{value});
  }

  void receive(Agent auto& self, ComputationId from, Value news) {
    heard[self.position(from)] = news.value;
    if (!asleep) return;
    asleep = false;
    const double period = self.params().period;
    const double next = phase + (std::floor((self.now() - phase) / period) + 1) * period;
    self.every(period, std::max(next - self.now(), 0.0));
  }

  void tick(Agent auto& self) {
    std::vector<RankedCost> row(std::size_t(self.domain()));
    self.check(costs.row(heard, row));
    const RankedCost now = row[std::size_t(value)], best = *std::min_element(row.begin(), row.end());
    const bool gains = best < now;
    std::vector<ValueIndex> others;
    for (ValueIndex v = 0; v < self.domain(); ++v)
      if (v != value && !(best < row[std::size_t(v)])) others.push_back(v);
    if (!gains && (others.empty() || !sideways(self, now))) {
      asleep = true;
      return self.rest();
    }
    if (self.uniform() >= self.params().probability) return;
    value = others[std::size_t(self.uniform() * double(others.size()))];
    self.broadcast(Value{value});
  }

 private:
  bool sideways(Agent auto& self, const RankedCost& now) const {
    switch (self.params().variant) {
      case Variant::A: return false;
      case Variant::B: return now.violations > 0 || now.cost > lowest + 1e-12 * std::abs(lowest);  // a conflict remains
      case Variant::C: return true;
    }
    return false;
  }

  VariableCosts costs;
  std::vector<ValueIndex> heard;  // by neighbour
  double lowest = 0;              // the local cost with every constraint at its best
  double phase = 0;               // when its first turn is
  bool asleep = false;
};

}  // namespace

Algorithm adsa() { return algorithm_of<Adsa>(); }

}  // namespace entente::algorithms
