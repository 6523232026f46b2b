// SPDX-License-Identifier: MIT
#include "runtime/factor_engine.hpp"

#include <algorithm>
#include <vector>

#include "entente/algorithm/factor_population.hpp"
#include "entente/base/random.hpp"
#include "kernel/factor_tables.hpp"
#include "runtime/factor_costs.hpp"
#include "runtime/factor_enumeration.hpp"
#include "runtime/factor_layout.hpp"
#include "runtime/factor_run.hpp"

namespace entente::runtime {
namespace {

/// The run ended while it was being set up: nothing was decided beyond what the problem says.
RunResult unstarted(const Problem& problem, const RunControl& control) {
  RunResult result;
  const bool interrupted = control.interrupt && control.interrupt->load();
  result.end = interrupted ? RunEnd::interrupted : RunEnd::deadline;
  for (VariableId v = 0; v < problem.variable_count(); ++v)
    result.last.push_back(std::max(problem.initial_value(v), ValueIndex(0)));
  result.best = result.last;
  return result;
}

RunResult run(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
              std::span<const Setting> settings, InstructionSet set, FactorMessages* messages) {
  const auto population = algorithm.populate_factors(settings);
  const std::uint64_t salt = mix(control.seed ^ 0x707265666572u);
  const auto preferences = [&](VariableId v, std::uint32_t degree, std::span<double> row) {
    VariableStart start;
    start.id = v;
    start.degree = degree;
    start.size = static_cast<std::uint32_t>(row.size());
    start.salt = salt;
    start.preferences = row.data();
    population->start(start);
  };
  double largest = 0;
  std::vector<double> row;
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    row.assign(static_cast<std::size_t>(problem.domain_size(v)), 0);
    preferences(v, static_cast<std::uint32_t>(problem.constraints_of(v).size()), row);
    for (const double preference : row) largest = std::max(largest, preference);
  }
  bool stopped = false;
  const auto stop = [&] { return stopped |= should_abort(control); };
  const FactorCosts costs = measure_costs(problem, largest, stop);
  if (stopped) return unstarted(problem, control);
  const kernel::CostKernels& kernels = kernel::cost_kernels(costs.single, set);
  FactorLayout layout(problem, costs, kernels, preferences, stop);
  if (layout.stopped()) return unstarted(problem, control);
  FactorRun factor_run(problem, *population, layout, costs, kernels, control);
  if (messages) factor_run.restore(*messages);
  RunResult result = factor_run.run();
  if (messages) factor_run.save(*messages);
  return result;
}

}  // namespace

RunResult run_factors(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
                      std::span<const Setting> settings) {
  return run(problem, algorithm, control, settings, best_instruction_set(), nullptr);
}

RunResult run_factors(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
                      std::span<const Setting> settings, InstructionSet set) {
  return run(problem, algorithm, control, settings, set, nullptr);
}

RunResult run_factors(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
                      std::span<const Setting> settings, FactorMessages& messages) {
  return run(problem, algorithm, control, settings, best_instruction_set(), &messages);
}

}  // namespace entente::runtime
