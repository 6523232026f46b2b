// SPDX-License-Identifier: MIT
#include "problem/formats/cost_automaton.hpp"

#include <algorithm>

namespace entente {

CostAutomaton CostAutomaton::read(const GlobalParameters& p, bool with_costs) {
  constexpr std::int64_t most_states = std::int64_t(1) << 12;
  const std::int64_t states = p.integer("the number of states", 1, most_states);
  CostAutomaton automaton;
  const auto read_ends = [&](std::vector<double>& ends, const char* what) {
    ends.assign(static_cast<std::size_t>(states), forbidden);
    const std::int64_t count = p.integer(what, 0, states);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto state = static_cast<std::size_t>(p.integer("a state", 0, states - 1));
      ends[state] = with_costs ? p.cost("the cost of a state") : 0;
    }
  };
  read_ends(automaton.start, "the number of initial states");
  read_ends(automaton.end, "the number of final states");
  const std::int64_t count = p.count("the number of transitions");
  for (std::int64_t i = 0; i < count; ++i) {
    Transition transition{};
    transition.from = static_cast<std::size_t>(p.integer("a state", 0, states - 1));
    transition.symbol = static_cast<ValueIndex>(p.integer("a value", 0, std::numeric_limits<ValueIndex>::max()));
    transition.to = static_cast<std::size_t>(p.integer("a state", 0, states - 1));
    transition.cost = with_costs ? p.cost("the cost of a transition") : 0;
    automaton.transitions.push_back(transition);
  }
  return automaton;
}

double CostAutomaton::cost(std::span<const ValueIndex> tuple) const {
  std::vector<double> now = start, next;
  for (const ValueIndex symbol : tuple) {
    next.assign(now.size(), forbidden);
    for (const Transition& t : transitions) {
      const double read = now[t.from] + t.cost + (t.symbol == symbol ? 0 : substitution);
      next[t.to] = std::min(next[t.to], read);
    }
    now.swap(next);
  }
  double best = forbidden;
  for (std::size_t state = 0; state < now.size(); ++state) best = std::min(best, now[state] + end[state]);
  return best;
}

}  // namespace entente
