// SPDX-License-Identifier: MIT
// DSAN, Distributed Simulated Annealing.
#include <cmath>

#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// Each cycle a variable looks at one other value at random: it takes a better one, and a worse one with a chance that
/// falls with the temperature; once that has reached 0, only best replies that gain are taken.
///
/// Wide exploration first, refinement later, in a run of known length; ends by itself soon after the last cycle of the
/// schedule, where no variable alone can improve.
///
/// Cost  O(degree * |domain|) time and `degree` messages of 4 bytes, per variable and cycle.
/// From  Arshad & Silaghi, "Distributed simulated annealing and comparison to DSA", Workshop on Distributed Constraint
///       Reasoning 2003. Left open there: what follows the schedule.
struct Dsan {
  static constexpr Info info{.name = "dsan",
                             .summary = "distributed simulated annealing: worse values are taken while it is warm",
                             .graph = Graph::constraint,
                             .timing = Timing::cycles,
                             .source = "Arshad & Silaghi, Workshop on Distributed Constraint Reasoning 2003"};

  struct Params {
    double probability = 0.7;
    double temperature = 1;
    std::int64_t cycles = 1000;
  };
  static constexpr auto parameters = std::tuple{
      real("probability", &Params::probability, 0.0, 1.0, "chance of looking at another value in a cycle"),
      real("temperature", &Params::temperature, 0.0, 1e12,
           "scale of the schedule, in units of cost: cycle c is at temperature * cycles / c^2"),
      integer("cycles", &Params::cycles, 0, 1'000'000'000, "length of the schedule; afterwards the temperature is 0")};

  struct Value {
    ValueIndex value;
  };
  using Cycle = Phases<Value>;

  ValueIndex value = 0;
  std::uint32_t age = 0;  ///< Cycles of the schedule that have passed.

  void start(Agent auto& self) {
    value = self.initial_value();
    self.broadcast(Value{value});
  }

  void step(Agent auto& self, Inbox<Value>) {
    if (age < self.params().cycles)
      anneal(self);
    else
      descend(self);
    self.broadcast(Value{value});
  }

  bool operator==(const Dsan&) const = default;

 private:
  void anneal(Agent auto& self) {
    const Params& p = self.params();
    ++age;
    if (self.domain() < 2 || self.uniform() >= p.probability) return;
    auto other = ValueIndex(self.uniform() * double(self.domain() - 1));
    other += other >= value;
    const double loss = self.local_cost(other) - self.local_cost(value);
    const double temperature = p.temperature * double(p.cycles) / (double(age) * double(age));
    if (loss <= 0 || self.uniform() < std::exp(-loss / temperature)) value = other;
  }
  void descend(Agent auto& self) {
    const Move move = self.best_response(value);
    if (move.gain > 0 && self.uniform() < self.params().probability) value = self.pick(move, value);
  }
};

}  // namespace

Algorithm dsan() { return algorithm_of<Dsan>(); }

}  // namespace entente::algorithms
