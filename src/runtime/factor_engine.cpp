// SPDX-License-Identifier: MIT
#include "runtime/factor_engine.hpp"

#include "runtime/factor_run.hpp"
#include "runtime/factor_setup.hpp"

namespace entente::runtime {
namespace {

RunResult run(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
              std::span<const Setting> settings, InstructionSet set, FactorMessages* messages) {
  FactorSetup setup(problem, algorithm, settings, control, set);
  if (setup.stopped()) return unstarted_run(problem, control);
  FactorRun factor_run(problem, setup.population(), setup.layout(), setup.costs(), setup.kernels(), control);
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
