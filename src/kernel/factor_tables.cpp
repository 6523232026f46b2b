// SPDX-License-Identifier: MIT
#include "kernel/factor_tables.hpp"

#include <algorithm>
#include <vector>

namespace entente::kernel {

const CostKernels& cost_kernels(bool single, InstructionSet set) {
  switch (set) {
    case InstructionSet::v3: return single ? v3::float_cost_kernels : v3::double_cost_kernels;
    case InstructionSet::v4: return single ? v4::float_cost_kernels : v4::double_cost_kernels;
    default: return single ? baseline::float_cost_kernels : baseline::double_cost_kernels;
  }
}

bool for_each_tuple(const Problem& problem, ConstraintId constraint,
                    const std::function<bool(std::span<const ValueIndex>, double)>& visit) {
  const auto members = problem.scope(constraint);
  const CostFunction function = problem.function(constraint);
  std::vector<ValueIndex> tuple(members.size(), 0);
  std::size_t cell = 0, listed = 0;
  for (;;) {
    double cost;
    if (function.kind == FunctionKind::table) {
      cost = function.cells[cell++];
    } else if (function.kind == FunctionKind::sparse) {
      // Tuples are listed in this very order.
      const SparseTable& table = *function.sparse;
      const auto* const next = table.tuples.data() + listed * tuple.size();
      const bool here = listed < table.costs.size() && std::equal(tuple.begin(), tuple.end(), next);
      cost = here ? table.costs[listed++] : table.default_cost;
    } else {
      cost = function.lazy->cost(tuple);
    }
    if (!visit(tuple, cost)) return false;
    std::size_t k = tuple.size();
    while (k > 0 && ++tuple[k - 1] == problem.domain_size(members[k - 1])) tuple[--k] = 0;
    if (k == 0) return true;
  }
}

}  // namespace entente::kernel
