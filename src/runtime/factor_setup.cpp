// SPDX-License-Identifier: MIT
#include "runtime/factor_setup.hpp"

#include <algorithm>
#include <vector>

#include "entente/base/random.hpp"
#include "kernel/factor_tables.hpp"
#include "runtime/factor_enumeration.hpp"

namespace entente::runtime {

FactorSetup::FactorSetup(const Problem& problem, const Algorithm& algorithm, std::span<const Setting> settings,
                         const RunControl& control, InstructionSet set, FactorSelection selection)
    : problem_(problem),
      population_(algorithm.populate_factors(settings)),
      salt_(mix(control.seed ^ 0x707265666572u)),
      stop_([this, &control] { return stopped_ |= should_abort(control); }) {
  double largest = 0;
  std::vector<double> row;
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    row.assign(static_cast<std::size_t>(problem.domain_size(v)), 0);
    add_preferences(v, static_cast<std::uint32_t>(problem.constraints_of(v).size()), row);
    for (const double preference : row) largest = std::max(largest, preference);
  }
  costs_ = measure_costs(problem, largest, stop_);
  if (stopped_) return;
  kernels_ = &kernel::cost_kernels(costs_.single, set);
  const auto preferences = [this](VariableId v, std::uint32_t degree, std::span<double> costs) {
    add_preferences(v, degree, costs);
  };
  layout_.emplace(problem, costs_, *kernels_, preferences, stop_, selection);
}

FactorLayout FactorSetup::lay_out(FactorSelection selection) const {
  const auto preferences = [this](VariableId v, std::uint32_t degree, std::span<double> costs) {
    add_preferences(v, degree, costs);
  };
  return FactorLayout(problem_, costs_, *kernels_, preferences, stop_, selection);
}

void FactorSetup::add_preferences(VariableId variable, std::uint32_t degree, std::span<double> row) const {
  VariableStart start;
  start.id = variable;
  start.degree = degree;
  start.size = static_cast<std::uint32_t>(row.size());
  start.salt = salt_;
  start.preferences = row.data();
  population_->start(start);
}

RunResult unstarted_run(const Problem& problem, const RunControl& control) {
  RunResult result;
  const bool interrupted = control.interrupt && control.interrupt->load();
  result.end = interrupted ? RunEnd::interrupted : RunEnd::deadline;
  for (VariableId v = 0; v < problem.variable_count(); ++v)
    result.last.push_back(std::max(problem.initial_value(v), ValueIndex(0)));
  result.best = result.last;
  return result;
}

}  // namespace entente::runtime
