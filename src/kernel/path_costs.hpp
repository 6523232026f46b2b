// SPDX-License-Identifier: MIT
// PathCosts: what a value costs its variable on top of the values chosen before it; for searches that assign variables
// one after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "entente/problem/problem.hpp"
#include "kernel/bound_table.hpp"
#include "kernel/stop_signal.hpp"

namespace entente {

/// A variable's share of the costs along a path of assignments.
///
/// A search assigns the variables of every constraint in an order. Let M_j be the lowest cost of a constraint over its
/// j first variables, the others free: M_0 is its lowest cost of all, and M_k its cost. The share of its j-th variable
/// is M_j - M_(j-1), which is never negative. So all shares along a path add up to a lower bound of what any completion
/// costs beyond the sum of the M_0 (a variable's own costs count as a constraint on it alone), and at the end of the
/// path to exactly that. Negative costs, constraints of any arity and hard ones (infinite shares) need no more care.
///
/// Where only the first p of the variables before one are known, its share is at least the lowest over the others.
///
/// Memory  8 bytes per cell of the constraints up to the variable, times 1 + 1/d + ...; constraints with more than
///         `most_cells` cells are not copied: their cost beyond M_0 is the share of their last variable.
class PathCosts {
 public:
  static constexpr std::uint64_t most_cells = std::uint64_t(1) << 22;

  PathCosts() = default;
  /// `rank(v)` orders the variables of each constraint; the problem must outlive this. Of no use if `stop` is raised
  /// meanwhile.
  /// Cost  O(cells of the variable's constraints).
  PathCosts(const Problem& problem, VariableId own, const std::function<std::uint32_t(VariableId)>& rank,
            const StopSignal& stop = {});

  /// The variables before `own` that share a constraint with it, by rank.
  std::span<const VariableId> earlier() const { return earlier_; }
  ValueIndex domain() const { return ValueIndex(alone_.size()); }
  /// Sum of M_0 over the constraints whose first variable is `own`, and its lowest own cost; +inf if one is never met.
  double floor() const { return floor_; }

  /// Writes the share of each value, given the values of the first `known.size()` variables of `earlier()`; returns the
  /// number of constraint checks that this is.
  std::uint64_t shares(std::span<const ValueIndex> known, std::span<double> out) const;

  /// The shares as tables over earlier variables, own value fastest; they add up to the shares but for constraints that
  /// are too wide. Valid as long as this.
  std::vector<RowTable> tables() const;
  bool has_wide() const { return !wide_.empty(); }

  /// Why a search over `problem` by shares is not possible; empty if it is.
  static std::string refuses(const Problem& problem);

 private:
  struct Part {
    std::uint32_t first;   // of its members in members_
    std::uint32_t tables;  // of its tables in tables_: one per number of known members
    std::uint32_t count;   // members
  };
  /// A constraint without a table, of which `own` is the last variable.
  struct Wide {
    ConstraintId constraint;
    double lowest;
    std::vector<std::uint32_t> members;  // by scope position: the index in earlier_, or that of no variable for `own`
  };

  void add_table(ConstraintId constraint, std::span<const VariableId> members, const StopSignal& stop);
  void add_wide(ConstraintId constraint, std::span<const VariableId> members, bool first, bool last);
  std::uint32_t index_of(VariableId variable) const;
  void add_wide_shares(const Wide& wide, std::span<const ValueIndex> known, std::span<double> out) const;

  const Problem* problem_ = nullptr;
  VariableId own_ = no_id;
  std::vector<VariableId> earlier_;
  std::vector<double> alone_;  // shares that depend on no other variable
  double floor_ = 0;
  std::vector<Part> parts_;
  std::vector<std::uint32_t> members_;  // indices in earlier_, ascending
  std::vector<VariableId> variables_;   // which these are,
  std::vector<ValueIndex> sizes_;       // and the sizes of their domains
  std::vector<std::size_t> tables_;     // where each table begins in cells_
  std::vector<double> cells_;           // row-major over the known members, own value fastest
  std::vector<Wide> wide_;
};

}  // namespace entente
