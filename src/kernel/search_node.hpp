// SPDX-License-Identifier: MIT
// SearchNode: what one variable knows in an asynchronous search over a pseudo-tree.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "entente/problem/problem.hpp"

namespace entente {

/// Returns the least cost of a constraint, to be minimised whatever the objective; or something below it. O(cells).
double least_working_cost(const Problem& problem, ConstraintId constraint);

/// Says which constraint has more cells than the search can look through for its least cost; empty if none has.
std::string too_wide_to_search(const Problem& problem);

/// The values a variable believes its ancestors have (its context), and what its children have proven under it.
///
/// Every constraint belongs to its deepest variable, so what a subtree costs depends on the variable and its separator
/// alone. All costs have the least cost of their constraint taken off (`floor` is the sum of those), so 0 is a lower
/// bound of anything. A child's bounds are kept for each own value, and only as long as the context they depend on.
///
/// Shapes  positions 0 .. width()-1 are the separator, root first; children go by ascending id.
/// Cost    `assign` and `add_bounds` O(children); `sum_up` O(children) per own value that changed, and one look at each
///         own constraint per own value after an ancestor's value changed.
class SearchNode {
 public:
  using Position = std::uint32_t;
  static constexpr double unlimited = std::numeric_limits<double>::infinity();

  /// `tree` is a pseudo-tree that outlives this; a depth-first one, as parents are taken to be neighbours.
  template <class Tree>
  void set_up(const Problem& problem, const Tree& tree, VariableId self) {
    parent_ = tree.parent[self];
    separator_ = tree.separator[self];
    children_ = tree.children[self];
    constraints_ = tree.constraints[self];
    std::vector<std::span<const VariableId>> scopes;
    for (const VariableId child : children_) scopes.push_back(tree.separator[child]);
    place(problem, self, scopes);
    for (const ConstraintId c : problem.constraints_of(self)) {
      VariableId deepest = self;
      for (const VariableId v : problem.scope(c))
        if (tree.depth[v] > tree.depth[deepest]) deepest = v;
      if (deepest != self) listeners_.push_back(deepest);
    }
    listeners_.insert(listeners_.end(), children_.begin(), children_.end());
    std::sort(listeners_.begin(), listeners_.end());
    listeners_.erase(std::unique(listeners_.begin(), listeners_.end()), listeners_.end());
  }

  std::uint32_t width() const { return std::uint32_t(separator_.size()); }
  std::span<const VariableId> children() const { return children_; }
  std::uint32_t child_count() const { return std::uint32_t(children_.size()); }
  std::uint32_t child(VariableId id) const {
    return std::uint32_t(std::lower_bound(children_.begin(), children_.end(), id) - children_.begin());
  }
  bool root() const { return parent_ == no_id; }
  VariableId parent() const { return parent_; }
  /// The descendants that must be told this variable's value: children, and who is in charge of a constraint with it.
  std::span<const VariableId> listeners() const { return listeners_; }
  /// Sum of the least costs of this variable's own constraints and costs.
  double floor() const { return floor_; }

  /// Position of an ancestor of the separator; width() if it is not in it.
  Position position(VariableId ancestor) const {
    return Position(std::find(separator_.begin(), separator_.end(), ancestor) - separator_.begin());
  }
  /// Whether the ancestor at this position itself says what its value is.
  bool told_by_itself(Position at) const { return direct_[at] != 0; }
  std::span<const ValueIndex> context() const { return context_; }

  /// Believes that the ancestor at `at` has `value`, and forgets what depended on another. Returns whether that is
  /// news.
  bool assign(Position at, ValueIndex value);

  /// The positions that a child's separator consists of, in its own order; width() stands for this variable.
  std::span<const Position> scope_of(std::uint32_t child) const {
    return {scope_.data() + scope_first_[child], scope_first_[child + 1] - scope_first_[child]};
  }
  /// What the ancestor at `at` is believed to have; `own` for width().
  ValueIndex at(Position at, ValueIndex own) const { return at == width() ? own : context_[at]; }

  /// Takes in what a child has proven for an own value under the present context; never loosens what is known. Says
  /// whether that can be: bounds that contradict what it has proven before cannot.
  bool add_bounds(std::uint32_t child, ValueIndex own, double low, double high);
  /// Whether a child's bounds were dropped since `remember`.
  bool forgot(std::uint32_t child) const { return forgot_[child] != 0; }
  void remember(std::uint32_t child) { forgot_[child] = 0; }

  /// Brings the sums below up to date. `cost` gives a constraint's working cost of a tuple, as EventSelf does.
  template <class Cost>
  void sum_up(const Problem& problem, const Cost& cost) {
    if (stale_own_) weigh(problem, cost);
    for (ValueIndex d = 0; d < domain_; ++d)
      if (stale_[std::size_t(d)]) add_up(d);
    low_ = *std::min_element(lower_.begin(), lower_.end());
    high_ = *std::min_element(upper_.begin(), upper_.end());
  }
  double own_cost(ValueIndex d) const { return own_[std::size_t(d)]; }
  double lower(ValueIndex d) const { return lower_[std::size_t(d)]; }  ///< Of the subtree if this variable has d.
  double upper(ValueIndex d) const { return upper_[std::size_t(d)]; }
  double low() const { return low_; }  ///< Of the subtree.
  double high() const { return high_; }
  /// The first value with the least lower (upper) bound.
  ValueIndex lowest() const { return ValueIndex(std::min_element(lower_.begin(), lower_.end()) - lower_.begin()); }
  ValueIndex surest() const { return ValueIndex(std::min_element(upper_.begin(), upper_.end()) - upper_.begin()); }
  /// One entry per child.
  const double* lows(ValueIndex d) const { return lows_.data() + std::size_t(d) * children_.size(); }
  const double* highs(ValueIndex d) const { return highs_.data() + std::size_t(d) * children_.size(); }
  /// The own cost of d plus one number per child, added in the order in which the bounds are.
  double total(ValueIndex d, const double* parts) const {
    double sum = own_cost(d);
    for (std::size_t c = 0; c < children_.size(); ++c) sum += parts[c];
    return sum;
  }

 private:
  void place(const Problem& problem, VariableId self, std::span<const std::span<const VariableId>> scopes);
  void add_up(ValueIndex d) {
    lower_[std::size_t(d)] = total(d, lows(d));
    upper_[std::size_t(d)] = total(d, highs(d));
    stale_[std::size_t(d)] = 0;
  }
  template <class Cost>
  void weigh(const Problem& problem, const Cost& cost) {
    for (ValueIndex d = 0; d < domain_; ++d) {
      double sum = unary_[std::size_t(d)];
      const Position* at = member_.data();
      for (std::size_t c = 0; c < constraints_.size(); ++c) {
        const std::size_t arity = problem.scope(constraints_[c]).size();
        for (std::size_t k = 0; k < arity; ++k) tuple_[k] = this->at(at[k], d);
        sum += cost(constraints_[c], std::span<const ValueIndex>(tuple_.data(), arity)) - least_[c];
        at += arity;
      }
      own_[std::size_t(d)] = sum;
      stale_[std::size_t(d)] = 1;
    }
    stale_own_ = false;
  }

  VariableId parent_ = no_id;
  std::span<const VariableId> separator_, children_;
  std::span<const ConstraintId> constraints_;
  ValueIndex domain_ = 1;
  std::vector<VariableId> listeners_;
  std::vector<ValueIndex> context_;
  std::vector<std::uint8_t> direct_;
  std::vector<std::uint32_t> scope_first_, watcher_first_;
  std::vector<Position> scope_;
  std::vector<std::uint32_t> watchers_;  // of a position: the children whose separators hold it
  std::vector<Position> member_;         // own constraints, member by member
  std::vector<ValueIndex> tuple_;
  std::vector<double> least_, unary_, own_;
  std::vector<double> lows_, highs_;  // by own value, then by child
  std::vector<double> lower_, upper_;
  std::vector<std::uint8_t> stale_, forgot_;
  double floor_ = 0, low_ = 0, high_ = unlimited;
  bool stale_own_ = true;
};

}  // namespace entente
