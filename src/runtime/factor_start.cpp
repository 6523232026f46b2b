// SPDX-License-Identifier: MIT
#include "runtime/factor_start.hpp"

namespace entente::runtime {
namespace {

bool is_leaf(const Problem& problem, VariableId variable) {
  std::size_t factors = 0;
  for (const ConstraintId c : problem.constraints_of(variable)) {
    if (problem.scope(c).size() == 1) return true;
    ++factors;
  }
  return factors == 1;
}

}  // namespace

WakeUp wake_up(const Problem& problem, Speakers first) {
  WakeUp wake;
  // Where all variables speak, every factor hears one in the first cycle.
  if (first != Speakers::leaves) return wake;
  wake.variables.assign(problem.variable_count(), 0);
  wake.factors.assign(problem.constraint_count(), 0);
  wake.last = 1;
  std::vector<VariableId> queue;
  queue.reserve(problem.variable_count());
  std::size_t heard = 0;
  const auto spread = [&] {
    for (; heard < queue.size(); ++heard) {
      const std::uint32_t now = wake.variables[queue[heard]];
      if (now > wake.last) wake.last = now;
      for (const ConstraintId c : problem.constraints_of(queue[heard])) {
        if (wake.factors[c] || problem.scope(c).size() < 2) continue;
        wake.factors[c] = now;
        for (const VariableId other : problem.scope(c)) {
          if (wake.variables[other]) continue;
          wake.variables[other] = now + 1;
          queue.push_back(other);
        }
      }
    }
  };
  for (VariableId v = 0; v < problem.variable_count(); ++v)
    if (is_leaf(problem, v)) {
      wake.variables[v] = 1;
      queue.push_back(v);
    }
  spread();
  // What no leaf reaches has none: all of it speaks at once.
  for (VariableId v = 0; v < problem.variable_count(); ++v)
    if (!wake.variables[v]) {
      wake.variables[v] = 1;
      queue.push_back(v);
    }
  spread();
  return wake;
}

}  // namespace entente::runtime
