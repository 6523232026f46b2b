// SPDX-License-Identifier: MIT
// Factors whose cost function is too large for a table: every tuple is asked for in every cycle.
#pragma once

#include <atomic>

#include "entente/algorithm/factor_population.hpp"
#include "runtime/factor_costs.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// What FactorBlock::context points to for such a factor.
struct Enumeration {
  const Problem* problem;
  const FactorCosts* costs;
  ConstraintId constraint;
  const RunControl* control;   ///< Whose deadline and interrupt end it early,
  std::atomic<bool>* aborted;  ///< which sets this.
};

/// The run should end now.
bool should_abort(const RunControl& control);

/// FactorBlock::min_marginals of such a factor, the only one of its block. O(arity) per tuple.
void enumerate_min_marginals(const FactorBlock& block, const void* const* in, void* const* out);

}  // namespace entente::runtime
