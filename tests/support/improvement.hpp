// SPDX-License-Identifier: MIT
// Whether a few variables together can improve an assignment, by trying.
#pragma once

#include <vector>

#include "entente/problem/problem.hpp"

namespace entente::testing {

/// Whether some `group` variables (1 or 2) together reach fewer violations, or as few at a better cost.
inline bool can_improve(const Problem& problem, std::vector<ValueIndex> x, int group) {
  const Evaluation now = problem.evaluate(x);
  const auto better = [&] {
    const Evaluation other = problem.evaluate(x);
    const double gain = problem.objective() == Objective::minimise ? now.cost - other.cost : other.cost - now.cost;
    return other.violations < now.violations || (other.violations == now.violations && gain > 1e-6);
  };
  for (VariableId v = 0; v < x.size(); ++v) {
    const ValueIndex kept_v = x[v];
    for (x[v] = 0; x[v] < problem.domain_size(v); ++x[v]) {
      if (better()) return true;
      for (VariableId w = 0; group == 2 && w < v; ++w) {
        const ValueIndex kept_w = x[w];
        for (x[w] = 0; x[w] < problem.domain_size(w); ++x[w])
          if (better()) return true;
        x[w] = kept_w;
      }
    }
    x[v] = kept_v;
  }
  return false;
}

}  // namespace entente::testing
