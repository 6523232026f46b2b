// SPDX-License-Identifier: MIT
// Runs a complete algorithm on a pseudo-tree: builds the tree, checks that its tables fit, watches for infeasibility.
#pragma once

#include <cstdint>
#include <span>

#include "entente/algorithm/population.hpp"
#include "runtime/run.hpp"
#include "solve/hosting.hpp"

namespace entente {

/// `memory`: bytes for all tables together, 0 for half of what is free. Throws Error{too_large}, which names width and
/// bytes, before anything runs if the tables cannot fit.
runtime::RunResult run_elimination(const Problem& problem, const Algorithm& algorithm,
                                   std::span<const Setting> settings, const runtime::RunControl& control,
                                   const Hosting& hosting, std::uint64_t memory);

}  // namespace entente
