// SPDX-License-Identifier: MIT
// FactorSetup: what a run on the factor graph is made of.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "entente/algorithm/factor_population.hpp"
#include "entente/algorithm/population.hpp"
#include "entente/kernel/cost_kernels.hpp"
#include "kernel/instruction_set.hpp"
#include "runtime/factor_costs.hpp"
#include "runtime/factor_layout.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// The computations, the numbers they count in, and the graph in flat arrays. The problem must outlive it.
class FactorSetup {
 public:
  /// Ends early at the deadline and when interrupted: then it has `stopped`, and there is no layout.
  FactorSetup(const Problem& problem, const Algorithm& algorithm, std::span<const Setting> settings,
              const RunControl& control, InstructionSet set, FactorSelection selection = {});
  FactorSetup(const FactorSetup&) = delete;
  FactorSetup& operator=(const FactorSetup&) = delete;

  bool stopped() const { return stopped_ || (layout_ && layout_->stopped()); }
  const FactorPopulation& population() const { return *population_; }
  const FactorCosts& costs() const { return costs_; }
  const kernel::CostKernels& kernels() const { return *kernels_; }
  FactorLayout& layout() { return *layout_; }
  /// Another layout of the same run.
  FactorLayout lay_out(FactorSelection selection) const;

 private:
  void add_preferences(VariableId variable, std::uint32_t degree, std::span<double> row) const;

  const Problem& problem_;
  const std::unique_ptr<FactorPopulation> population_;
  const std::uint64_t salt_;
  const std::function<bool()> stop_;
  bool stopped_ = false;
  FactorCosts costs_;
  const kernel::CostKernels* kernels_ = nullptr;
  std::optional<FactorLayout> layout_;
};

/// The result of a run that ended while it was being set up: nothing was decided beyond what the problem says.
RunResult unstarted_run(const Problem& problem, const RunControl& control);

}  // namespace entente::runtime
