// SPDX-License-Identifier: MIT
#include "kernel/group_costs.hpp"

#include <algorithm>
#include <cmath>

#include "entente/base/contract.hpp"

namespace entente {

RankedCost GroupCosts::working(double cost) {
  if (problem_->is_hard(cost)) return {1, 0};
  largest_ = std::max(largest_, std::abs(cost));
  return {0, problem_->objective() == Objective::maximise ? -cost : cost};
}

std::uint64_t GroupCosts::tabulate(const Problem& problem, std::span<const VariableId> group, const Known& value_of) {
  ENTENTE_EXPECTS(!group.empty() && group.size() <= most);
  problem_ = &problem;
  group_.assign(group.begin(), group.end());
  triples_.clear();
  largest_ = 0;
  terms_ = checks_ = 0;
  for (std::size_t m = 0; m < most; ++m) {
    sizes_[m] = m < group.size() ? problem.domain_size(group[m]) : 1;
    now_[m] = m < group.size() ? value_of(group[m]) : 0;
  }
  for (std::size_t a = 0; a < most; ++a) {
    single_[a].assign(std::size_t(sizes_[a]), {});
    for (std::size_t b = a + 1; b < most; ++b)
      pair_[pair_of(a, b)].assign(b < group.size() ? std::size_t(sizes_[a]) * std::size_t(sizes_[b]) : 0, {});
  }
  for (std::size_t m = 0; m < group.size(); ++m) {
    const auto own = problem.unary_costs(group[m]);
    for (std::size_t v = 0; v < own.size(); ++v) single_[m][v] += working(own[v]);
    terms_ += !own.empty();
    for (const ConstraintId c : problem.constraints_of(group[m])) add_constraint(c, m, value_of);
  }
  return checks_;
}

/// Adds a constraint of member `first`, unless it is one of an earlier member too and was added there.
void GroupCosts::add_constraint(ConstraintId constraint, std::size_t first, const Known& value_of) {
  const auto scope = problem_->scope(constraint);
  std::vector<ValueIndex> tuple(scope.size());
  std::array<std::size_t, most> position{};
  std::vector<std::size_t> inside;  // members, ascending
  for (std::size_t i = 0; i < scope.size(); ++i) {
    const auto member = std::size_t(std::find(group_.begin(), group_.end(), scope[i]) - group_.begin());
    tuple[i] = member < group_.size() ? now_[member] : value_of(scope[i]);
    if (member == group_.size()) continue;
    if (member < first) return;
    position[member] = i;
    inside.push_back(member);
  }
  std::sort(inside.begin(), inside.end());
  ++terms_;
  if (inside.size() == most) {
    triples_.push_back({constraint, std::move(tuple), position});
    return;
  }
  const std::size_t a = inside.front(), b = inside.back();
  for (ValueIndex x = 0; x < sizes_[a]; ++x) {
    tuple[position[a]] = x;
    for (ValueIndex y = 0; y < (a == b ? 1 : sizes_[b]); ++y) {
      if (a != b) tuple[position[b]] = y;
      const RankedCost cost = working(problem_->cost(constraint, tuple));
      ++checks_;
      if (a == b)
        single_[a][std::size_t(x)] += cost;
      else
        pair_[pair_of(a, b)][std::size_t(x) * std::size_t(sizes_[b]) + std::size_t(y)] += cost;
    }
  }
}

RankedCost GroupCosts::triples(ValueIndex a, ValueIndex b, ValueIndex c) {
  RankedCost sum;
  for (Triple& triple : triples_) {
    triple.tuple[triple.position[0]] = a;
    triple.tuple[triple.position[1]] = b;
    triple.tuple[triple.position[2]] = c;
    sum += working(problem_->cost(triple.constraint, triple.tuple));
  }
  return sum;
}

/// Sums in the order of `best_move`, so that equal values cost the same to the last bit.
RankedCost GroupCosts::total(const std::array<ValueIndex, most>& values) {
  const auto a = std::size_t(values[0]), b = std::size_t(values[1]), c = std::size_t(values[2]);
  const auto rows = std::size_t(sizes_[1]), deep = std::size_t(sizes_[2]);
  RankedCost sum = single_[0][a] + single_[1][b];
  if (!pair_[0].empty()) sum += pair_[0][a * rows + b];
  RankedCost last = single_[2][c];
  if (!pair_[1].empty()) last += pair_[1][a * deep + c];
  if (!pair_[2].empty()) last += pair_[2][b * deep + c];
  sum += last;
  if (!triples_.empty()) sum += triples(values[0], values[1], values[2]);
  return sum;
}

std::optional<std::array<ValueIndex, GroupCosts::most>> GroupCosts::best_move(const std::atomic<bool>* stop) {
  const RankedCost now = total(now_);
  RankedCost least = now;
  std::array<ValueIndex, most> best = now_;
  const auto rows = std::size_t(sizes_[1]), deep = std::size_t(sizes_[2]);
  for (std::size_t a = 0; a < std::size_t(sizes_[0]); ++a) {
    for (std::size_t b = 0; b < rows; ++b) {
      if (stop && stop->load(std::memory_order_relaxed)) return std::nullopt;
      RankedCost sum = single_[0][a] + single_[1][b];
      if (!pair_[0].empty()) sum += pair_[0][a * rows + b];
      for (std::size_t c = 0; c < deep; ++c) {
        RankedCost last = single_[2][c];
        if (!pair_[1].empty()) last += pair_[1][a * deep + c];
        if (!pair_[2].empty()) last += pair_[2][b * deep + c];
        RankedCost all = sum + last;
        if (!triples_.empty()) all += triples(ValueIndex(a), ValueIndex(b), ValueIndex(c));
        if (!(all < least)) continue;
        least = all;
        best = {ValueIndex(a), ValueIndex(b), ValueIndex(c)};
      }
    }
  }
  // The sums differ from the true costs by at most terms^2 roundings of the largest cost.
  const double rounding = 0x1p-52 * double(terms_ * terms_) * largest_;
  const bool gains = least.violations < now.violations || least.cost < now.cost - rounding;
  if (!(least < now) || !gains) return std::nullopt;
  return best;
}

}  // namespace entente
