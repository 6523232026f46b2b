// SPDX-License-Identifier: MIT
// AnytimeTracker: what the decisions of a run cost together while they change one by one, and the best of them all.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/problem/problem.hpp"

namespace entente::runtime {

/// Keeps the joint assignment, its exact cost, and the best assignment seen or proposed.
///
/// Cost    of a move: one evaluation of each constraint of the variable; a new best costs no more than the moves since
///         the last one; a proposal costs an evaluation of the problem.
/// Memory  8 bytes per constraint, about 17 per variable.
class AnytimeTracker {
 public:
  /// At first no variable has a value. The problem must outlive the tracker.
  explicit AnytimeTracker(const Problem& problem);

  /// Takes over decisions without asking what they cost in between; then `check_best` does. Values outside a domain
  /// stand for no value.
  void take(std::span<const ValueIndex> decisions);
  /// A variable decided on `value`. Says whether that made a new best.
  bool move(VariableId variable, ValueIndex value);
  /// Somebody knows a complete assignment, whatever the decisions are. Says whether it is a new best. Assignments with
  /// a value outside its domain are not taken.
  bool propose(std::span<const ValueIndex> assignment);
  /// Keeps the joint assignment if it is complete and better than the best; says whether it did.
  bool check_best();

  /// Whether every variable has a value.
  bool complete() const { return missing_ == 0; }
  /// What each variable decided on last; no_value where it has not.
  const std::vector<ValueIndex>& values() const { return now_; }
  /// Cost and violations of the constraints whose variables all have a value.
  Evaluation now() const;
  bool has_best() const { return has_best_; }
  const Evaluation& best_evaluation() const { return best_evaluation_; }
  const std::vector<ValueIndex>& best() const { return best_; }

 private:
  void put(VariableId variable, ValueIndex value);
  double cost_of(ConstraintId constraint);
  void exchange(double before, double after);
  void add(double cost);
  bool improves(const Evaluation& evaluation) const;

  const Problem& problem_;
  std::vector<ValueIndex> now_, best_;
  std::vector<double> costs_;          ///< Of each constraint: 0 while a variable has no value, infinite if violated.
  std::vector<VariableId> differing_;  ///< The variables where `now_` may differ from `best_`.
  std::vector<std::uint8_t> differs_;  ///< Whether a variable is in that list.
  std::vector<ValueIndex> tuple_;
  std::uint32_t missing_;
  // The sum, what its roundings lost, and what was lost adding that up: exact however many terms come and go.
  double high_ = 0, low_ = 0, lowest_ = 0;
  std::uint64_t violations_ = 0;
  Evaluation best_evaluation_{};
  bool has_best_ = false;
};

}  // namespace entente::runtime
