// SPDX-License-Identifier: MIT
#include "runtime/factor_order.hpp"

#include <algorithm>
#include <vector>

namespace entente::runtime {

VariableId last_early(std::span<const VariableId> scope) {
  if (scope.size() <= 2) return *std::min_element(scope.begin(), scope.end());
  std::vector<VariableId> members(scope.begin(), scope.end());
  const auto last = members.begin() + std::ptrdiff_t((members.size() + 1) / 2 - 1);
  std::nth_element(members.begin(), last, members.end());
  return *last;
}

namespace {

/// Longest paths, variable by variable: whatever precedes a variable has a lower id.
std::uint64_t longest_path(const Problem& problem) {
  std::vector<std::uint32_t> depth(problem.variable_count(), 0);
  for (VariableId v = 0; v < problem.variable_count(); ++v)
    for (const ConstraintId c : problem.constraints_of(v)) {
      const VariableId last = last_early(problem.scope(c));
      if (v <= last) continue;
      for (const VariableId other : problem.scope(c))
        if (other <= last) depth[v] = std::max(depth[v], depth[other] + 1);
    }
  return depth.empty() ? 0 : *std::max_element(depth.begin(), depth.end());
}

}  // namespace

std::uint64_t order_nodes(const Problem& problem, FactorLayout& layout) {
  for (FactorClass& factors : layout.factor_classes()) {
    factors.early = Array<std::uint8_t>(factors.blocks() * factors.factors() * factors.arity());
    for (std::size_t f = 0; f < factors.constraints.size(); ++f) {
      const auto scope = problem.scope(factors.constraints[f]);
      const VariableId last = last_early(scope);
      for (std::uint32_t k = 0; k < factors.arity(); ++k)
        factors.early[factors.edge(f / factors.factors(), k, std::uint32_t(f % factors.factors()))] = scope[k] <= last;
    }
  }
  return longest_path(problem);
}

}  // namespace entente::runtime
