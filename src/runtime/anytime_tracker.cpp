// SPDX-License-Identifier: MIT
#include "runtime/anytime_tracker.hpp"

#include <limits>
#include <numeric>

#include "entente/base/contract.hpp"
#include "runtime/better.hpp"

namespace entente::runtime {

namespace {

constexpr double violated = std::numeric_limits<double>::infinity();

/// Adds a term to a sum and returns what that lost to rounding, exactly.
double add_to(double& sum, double term) {
  const double before = sum, part = (sum += term) - before;
  return (before - (sum - part)) + (term - part);
}

}  // namespace

AnytimeTracker::AnytimeTracker(const Problem& problem)
    : problem_(problem),
      now_(problem.variable_count(), no_value),
      best_(problem.variable_count(), no_value),
      costs_(problem.constraint_count()),
      differs_(problem.variable_count()),
      missing_(problem.variable_count()) {
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c)
    if (problem.scope(c).empty()) exchange(0, costs_[c] = cost_of(c));
}

void AnytimeTracker::take(std::span<const ValueIndex> decisions) {
  ENTENTE_EXPECTS(decisions.size() >= now_.size());
  for (VariableId v = 0; v < now_.size(); ++v) put(v, decisions[v]);
}

bool AnytimeTracker::move(VariableId variable, ValueIndex value) {
  put(variable, value);
  return check_best();
}

bool AnytimeTracker::propose(std::span<const ValueIndex> assignment) {
  ENTENTE_EXPECTS(assignment.size() == now_.size());
  for (VariableId v = 0; v < now_.size(); ++v)
    if (assignment[v] < 0 || assignment[v] >= problem_.domain_size(v)) return false;
  const Evaluation evaluation = problem_.evaluate(assignment);
  if (!improves(evaluation)) return false;
  best_.assign(assignment.begin(), assignment.end());
  best_evaluation_ = evaluation;
  has_best_ = true;
  differing_.resize(now_.size());
  std::iota(differing_.begin(), differing_.end(), VariableId(0));
  std::fill(differs_.begin(), differs_.end(), std::uint8_t(1));
  return true;
}

bool AnytimeTracker::check_best() {
  if (!complete() || !improves(now())) return false;
  for (const VariableId v : differing_) {
    best_[v] = now_[v];
    differs_[v] = 0;
  }
  differing_.clear();
  best_evaluation_ = now();
  has_best_ = true;
  return true;
}

bool AnytimeTracker::improves(const Evaluation& evaluation) const {
  return !has_best_ || better(evaluation, best_evaluation_, problem_.objective());
}

Evaluation AnytimeTracker::now() const {
  double sum = high_;
  const double lost = add_to(sum, low_);
  return {sum + (lost + lowest_), violations_};
}

void AnytimeTracker::put(VariableId variable, ValueIndex value) {
  if (value < 0 || value >= problem_.domain_size(variable)) value = no_value;
  const ValueIndex before = now_[variable];
  if (value == before) return;
  if (!differs_[variable]) {
    differs_[variable] = 1;
    differing_.push_back(variable);
  }
  now_[variable] = value;
  missing_ = missing_ + (value == no_value) - (before == no_value);
  for (const ConstraintId c : problem_.constraints_of(variable)) {
    const double cost = cost_of(c);
    exchange(costs_[c], cost);
    costs_[c] = cost;
  }
  const auto own = problem_.unary_costs(variable);
  if (own.empty()) return;
  const auto cost_at = [&](ValueIndex v) {
    if (v == no_value) return 0.0;
    return problem_.is_hard(own[std::size_t(v)]) ? violated : own[std::size_t(v)];
  };
  exchange(cost_at(before), cost_at(value));
}

double AnytimeTracker::cost_of(ConstraintId constraint) {
  tuple_.clear();
  for (const VariableId v : problem_.scope(constraint)) {
    if (now_[v] == no_value) return 0;
    tuple_.push_back(now_[v]);
  }
  const double cost = problem_.cost(constraint, tuple_);
  return problem_.is_hard(cost) ? violated : cost;
}

void AnytimeTracker::exchange(double before, double after) {
  if (before == after) return;
  if (before == violated)
    --violations_;
  else
    add(-before);
  if (after == violated)
    ++violations_;
  else
    add(after);
}

void AnytimeTracker::add(double cost) {
  const double low = add_to(high_, cost);
  lowest_ += add_to(low_, low);
}

}  // namespace entente::runtime
