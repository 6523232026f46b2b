// SPDX-License-Identifier: MIT
#include "entente/kernel/certificate.hpp"

#include <algorithm>
#include <utility>

namespace entente {

double Certificate::bound(const Problem& problem) const {
  const double sign = problem.objective() == Objective::minimise ? 1 : -1;
  double sum = best;
  for (const Group& group : groups) sum += sign * group.excess;
  return sum;
}

Certificate make_certificate(const Problem& problem, double best, std::vector<Certificate::Group> claims) {
  Certificate certificate;
  certificate.best = best;
  std::ranges::stable_sort(claims, [](const auto& a, const auto& b) { return a.excess > b.excess; });
  std::vector<bool> taken(problem.constraint_count() + problem.variable_count());
  for (Certificate::Group& claim : claims) {
    if (claim.variables.empty() || !(claim.excess > 0)) continue;
    std::ranges::sort(claim.variables);
    std::vector<std::size_t> inside;
    for (const VariableId v : claim.variables) {
      if (!problem.unary_costs(v).empty()) inside.push_back(problem.constraint_count() + v);
      for (const ConstraintId c : problem.constraints_of(v)) {
        const auto scope = problem.scope(c);
        if (*std::ranges::min_element(scope) != v) continue;  // once
        if (std::ranges::all_of(scope, [&](auto u) { return std::ranges::binary_search(claim.variables, u); }))
          inside.push_back(c);
      }
    }
    if (std::ranges::any_of(inside, [&](std::size_t f) { return taken[f]; })) continue;
    for (const std::size_t f : inside) taken[f] = true;
    certificate.groups.push_back(std::move(claim));
  }
  std::ranges::sort(certificate.groups, {}, [](const auto& group) { return group.variables.front(); });
  return certificate;
}

}  // namespace entente
