// SPDX-License-Identifier: MIT
// Following a run whose computations decide elsewhere.
#include <utility>

#include "runtime/factor_run.hpp"

namespace entente::runtime {

RunResult FactorRun::outcome() const {
  RunResult result;
  result.end = end_;
  result.best = outside(best_values_);
  result.last = outside(values_);
  result.best_cycle = best_cycle_;
  result.cycles = cycle_;
  return result;
}

bool FactorRun::begin() {
  only_evaluate_ = should_end();
  return follow();
}

bool FactorRun::follow(std::span<const ValueIndex> values, std::uint64_t changed, bool stirred) {
  for (VariableId v = 0; v < values.size(); ++v) values_[layout_.inside(v)] = values[v];
  if (changed > 0)
    for (std::size_t i = 0; i < chunks_.size(); ++i)
      chunk_costs_[i] = own_costs(layout_.variable_classes()[chunks_[i].of_class], chunks_[i].number);
  count_cycle(changed, stirred);
  return follow();
}

/// What the threads of a run do between two cycles, without what computations do.
bool FactorRun::follow() {
  const bool over = std::exchange(only_evaluate_, true);
  speak(lanes_[0]);
  only_evaluate_ = over;
  take_stock();
  return stop_;
}

}  // namespace entente::runtime
