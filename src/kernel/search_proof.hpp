// SPDX-License-Identifier: MIT
// SearchProof: how the roots of a forest put together what they have proven about the whole problem.
#pragma once

#include <cstdint>

#include "kernel/search_node.hpp"

namespace entente {

/// To the parent: what was taken off the costs of a whole subtree, and how many variables that has.
struct Floor {
  double sum;
  std::uint32_t variables;
};
/// To computation 0: a root's lower bound of its tree, with all that was taken off.
struct Proof {
  double bound;
};

/// Every computation of a search has one. A child says its floor before any bound that depends on its own children's,
/// so a root whose upper bound is finite has heard of all.
class SearchProof {
 public:
  void start(auto& self, const SearchNode& node) {
    sum_ = node.floor();
    missing_ = node.child_count();
    if (self.id() == 0) {
      for (const VariableId parent : self.tree().parent) roots_ += parent == no_id;
      for (ConstraintId c = 0; c < self.problem().constraint_count(); ++c)
        if (self.problem().scope(c).empty()) bound_ += self.cost(c, {});
    }
    if (missing_ == 0) pass_on(self, node);
  }
  void add(auto& self, const SearchNode& node, const Floor& floor) {
    sum_ += floor.sum;
    variables_ += floor.variables;
    if (--missing_ == 0) pass_on(self, node);
  }
  void add(auto& self, const Proof& proof) {
    bound_ += proof.bound;
    if (--roots_ == 0) self.report_bound(bound_);
  }
  /// At a root: its tree's share of an error that is allowed for the whole problem, by variables.
  double share_of(auto& self, double error) const {
    return missing_ ? 0 : error * double(variables_) / double(self.problem().variable_count());
  }
  /// At a root: `low` is its lower bound.
  void conclude(auto& self, double low) const { self.send(0, Proof{low + sum_}); }
  /// Proofs are still to come here.
  bool waiting() const { return roots_ > 0; }

 private:
  void pass_on(auto& self, const SearchNode& node) const {
    if (!node.root()) self.send(node.parent(), Floor{sum_, variables_});
  }

  double sum_ = 0, bound_ = 0;
  std::uint32_t variables_ = 1, missing_ = 0, roots_ = 0;
};

}  // namespace entente
