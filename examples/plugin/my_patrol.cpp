// SPDX-License-Identifier: MIT
// A local search by the clock: every variable looks around once in a while; see docs/writing-an-algorithm.md.
#include <algorithm>
#include <vector>

#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// Each variable looks once a period, at a time of its own, whether another value would cost less, given what its
/// neighbours last said. Two that look at different times do not get in each other's way.
struct MyPatrol {
  static constexpr Info info{.name = "my_patrol",
                             .summary = "local search by the clock: each variable moves alone, once a period",
                             .graph = Graph::constraint,
                             .timing = Timing::events,
                             .source = "Fitzpatrick & Meertens, SAGA 2001"};

  struct Params {
    double period = 0.5;
    std::int64_t rounds = 30;
  };
  static constexpr auto parameters =
      std::tuple{real("period", &Params::period, 0.001, 3600, "seconds between two looks of a variable"),
                 integer("rounds", &Params::rounds, 1, 1'000'000, "looks after which a variable stops")};

  struct Value {
    ValueIndex value;
    bool fits(const MessageGround& at) const { return at.linked() && at.told(value); }
  };
  using Messages = Kinds<Value>;

  static MyPatrol make(const Node& node, const Params& params) {
    MyPatrol one;
    one.heard.assign(node.degree(), no_value);
    one.rounds_left = params.rounds;
    return one;
  }

  void start(Agent auto& self) {
    current = self.initial_value();
    self.select(current);
    self.broadcast(Value{current});
    self.every(self.params().period, self.uniform() * self.params().period);
  }

  void receive(Agent auto& self, ComputationId from, const Value& message) {
    heard[self.position(from)] = message.value;
  }

  void tick(Agent auto& self) {
    const ValueIndex before = current;
    double lowest = local_cost(self, current);
    for (ValueIndex v = 0; v < self.domain(); ++v) {
      const double cost = local_cost(self, v);
      if (cost < lowest) lowest = cost, current = v;
    }
    self.select(current, lowest);
    if (current != before) self.broadcast(Value{current});
    if (--rounds_left > 0) return;
    self.rest();
    self.finish();
  }

  static double memory(const Node& node) { return sizeof(MyPatrol) + node.degree() * sizeof(ValueIndex); }
  static double load(const Link&) { return sizeof(Value); }

 private:
  /// What `own` costs, as far as the neighbours have spoken.
  double local_cost(Agent auto& self, ValueIndex own) const {
    const auto unary = self.problem().unary_costs(self.id());
    double sum = unary.empty() ? 0 : self.working(unary[std::size_t(own)]);
    for (const ConstraintId c : self.problem().constraints_of(self.id())) {
      std::vector<ValueIndex> tuple;
      for (const VariableId v : self.problem().scope(c))
        tuple.push_back(v == self.id() ? own : heard[self.position(v)]);
      if (std::find(tuple.begin(), tuple.end(), no_value) == tuple.end()) sum += self.cost(c, tuple);
    }
    return sum;
  }

  ValueIndex current = no_value;
  std::vector<ValueIndex> heard;  // by neighbour
  std::int64_t rounds_left = 0;
};

}  // namespace

Algorithm my_patrol() { return algorithm_of<MyPatrol>(); }

}  // namespace entente::algorithms
