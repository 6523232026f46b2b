// SPDX-License-Identifier: MIT
#include "kernel/variable_costs.hpp"

#include <algorithm>

#include "entente/base/contract.hpp"

namespace entente {

namespace {
constexpr std::uint32_t nobody = ~std::uint32_t(0);
}

VariableCosts::VariableCosts(const Problem& problem, VariableId own)
    : problem_(&problem), alone_(std::size_t(problem.domain_size(own))) {
  std::vector<VariableId> around;
  for (const ConstraintId c : problem.constraints_of(own))
    for (const VariableId v : problem.scope(c))
      if (v != own) around.push_back(v);
  std::sort(around.begin(), around.end());
  around.erase(std::unique(around.begin(), around.end()), around.end());
  neighbours_ = std::uint32_t(around.size());
  const auto own_costs = problem.unary_costs(own);
  for (std::size_t value = 0; value < own_costs.size(); ++value) alone_[value] += ranked(own_costs[value]);
  for (const ConstraintId c : problem.constraints_of(own)) {
    const auto scope = problem.scope(c);
    const CostFunction function = problem.function(c);
    Part part{};
    part.constraint = c;
    part.cells = function.kind == FunctionKind::table ? function.cells.data() : nullptr;
    part.first = std::uint32_t(others_.size());
    part.count = std::uint32_t(scope.size() - 1);
    std::uint64_t stride = 1;
    for (std::size_t place = scope.size(); place-- > 0;) {
      if (scope[place] == own) {
        part.place = std::uint32_t(place);
        part.stride = stride;
      } else {
        const auto at = std::lower_bound(around.begin(), around.end(), scope[place]) - around.begin();
        others_.push_back({std::uint32_t(at), std::uint32_t(place), stride});
      }
      stride *= std::uint64_t(problem.domain_size(scope[place]));
    }
    if (part.count == 0)
      add(part, {}, nobody, 0, alone_);
    else
      parts_.push_back(part);
  }
}

RankedCost VariableCosts::ranked(double cost) const {
  if (problem_->is_hard(cost)) return {1, 0};
  return {0, problem_->objective() == Objective::maximise ? -cost : cost};
}

void VariableCosts::add(const Part& part, std::span<const ValueIndex> heard, std::uint32_t k, ValueIndex theirs,
                        std::span<RankedCost> out) const {
  const auto value_of = [&](const Other& other) { return other.neighbour == k ? theirs : heard[other.neighbour]; };
  if (part.cells) {
    const double* cell = part.cells;
    for (const Other& other : others(part)) cell += other.stride * std::uint64_t(value_of(other));
    for (RankedCost& sum : out) {
      sum += ranked(*cell);
      cell += part.stride;
    }
    return;
  }
  thread_local std::vector<ValueIndex> tuple;  // rows of computed functions are asked for often
  tuple.resize(part.count + 1);
  for (const Other& other : others(part)) tuple[other.place] = value_of(other);
  for (std::size_t value = 0; value < out.size(); ++value) {
    tuple[part.place] = ValueIndex(value);
    out[value] += ranked(problem_->cost(part.constraint, tuple));
  }
}

std::uint64_t VariableCosts::row(std::span<const ValueIndex> heard, std::span<RankedCost> out) const {
  ENTENTE_EXPECTS(heard.size() == neighbours_ && out.size() == alone_.size());
  std::copy(alone_.begin(), alone_.end(), out.begin());
  std::uint64_t checks = 0;
  for (const Part& part : parts_) {
    const auto known = [&](const Other& other) { return heard[other.neighbour] != no_value; };
    const auto list = others(part);
    if (!std::all_of(list.begin(), list.end(), known)) continue;
    add(part, heard, nobody, 0, out);
    checks += out.size();
  }
  return checks;
}

std::uint64_t VariableCosts::best_reply(std::span<const ValueIndex> heard, std::uint32_t k,
                                        std::span<RankedCost> out) const {
  ENTENTE_EXPECTS(heard[k] == no_value);
  std::vector<RankedCost> known(alone_.size()), sum(alone_.size());
  std::uint64_t checks = row(heard, known);
  std::vector<const Part*> shared;
  for (const Part& part : parts_) {
    const auto list = others(part);
    const auto has_k = [&](const Other& other) { return other.neighbour == k; };
    const auto open = [&](const Other& other) { return other.neighbour != k && heard[other.neighbour] == no_value; };
    if (std::any_of(list.begin(), list.end(), has_k) && std::none_of(list.begin(), list.end(), open))
      shared.push_back(&part);
  }
  for (std::size_t theirs = 0; theirs < out.size(); ++theirs) {
    sum = known;
    for (const Part* part : shared) add(*part, heard, k, ValueIndex(theirs), sum);
    checks += shared.size() * sum.size();
    out[theirs] = *std::min_element(sum.begin(), sum.end());
  }
  return checks;
}

}  // namespace entente
