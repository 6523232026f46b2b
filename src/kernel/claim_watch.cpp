// SPDX-License-Identifier: MIT
#include "kernel/claim_watch.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace entente {

bool goes_before(std::size_t known, ComputationId mediator, std::size_t other_known, ComputationId other) {
  return std::tie(known, mediator) > std::tie(other_known, other);
}

void ClaimWatch::watch(ComputationId own, std::span<const SharedFunction> functions) {
  for (const SharedFunction& function : functions) {
    std::vector<VariableId> scope = function->scope;
    std::ranges::sort(scope);
    if (scope.front() == own) scopes_.push_back(std::move(scope));
  }
}

bool ClaimWatch::share_a_cost(const Claim& a, const Claim& b) const {
  return std::ranges::any_of(scopes_, [&](const std::vector<VariableId>& scope) {
    return std::ranges::includes(a.group, scope) && std::ranges::includes(b.group, scope);
  });
}

std::vector<ClaimAdvice> ClaimWatch::hear(ComputationId mediator, Claim claim) {
  if (claim.group.empty()) {
    claims_.erase(mediator);
    return {};
  }
  claims_[mediator] = std::move(claim);
  const Claim& fresh = claims_[mediator];
  std::vector<ClaimAdvice> advice;
  for (const auto& [other, known] : claims_) {
    if (other == mediator || !share_a_cost(fresh, known)) continue;
    const bool first = goes_before(fresh.list.size(), mediator, known.list.size(), other);
    const ComputationId high = first ? mediator : other, low = first ? other : mediator;
    const Claim &more = first ? fresh : known, &less = first ? known : fresh;
    if (std::ranges::includes(more.list, less.list)) {
      advice.push_back({low, true, high, more.list});
      continue;
    }
    std::set<VariableId>& told = told_[high];
    const std::size_t before = told.size();
    told.insert(less.list.begin(), less.list.end());
    if (told.size() > before) advice.push_back({high, false, low, less.list});
  }
  return advice;
}

}  // namespace entente
