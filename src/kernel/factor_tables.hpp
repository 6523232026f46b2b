// SPDX-License-Identifier: MIT
// Choosing the cost kernels for a type of number, and min-marginals of cost functions too large for a table.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "entente/kernel/cost_kernels.hpp"
#include "entente/problem/problem.hpp"
#include "kernel/instruction_set.hpp"

namespace entente::kernel {

/// Returns the kernels for float (`single`) or double, compiled for `set`.
const CostKernels& cost_kernels(bool single, InstructionSet set = best_instruction_set());

namespace baseline {
extern const CostKernels float_cost_kernels, double_cost_kernels;
}
namespace v3 {
extern const CostKernels float_cost_kernels, double_cost_kernels;
}
namespace v4 {
extern const CostKernels float_cost_kernels, double_cost_kernels;
}

/// Calls `visit(tuple, cost)` for every tuple of a constraint in row-major order, with the problem's own costs. Ends
/// early, and returns false, when `visit` does.
bool for_each_tuple(const Problem& problem, ConstraintId constraint,
                    const std::function<bool(std::span<const ValueIndex>, double)>& visit);

}  // namespace entente::kernel
