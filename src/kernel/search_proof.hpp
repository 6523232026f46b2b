// SPDX-License-Identifier: MIT
// SearchProof: how the roots of a forest put together what they have proven about the whole problem.
#pragma once

#include <cstdint>

#include "kernel/proof_sum.hpp"
#include "kernel/search_node.hpp"

namespace entente {

/// To the parent: what was taken off the costs of a whole subtree, and how many variables that has.
struct Floor {
  double sum;
  std::uint32_t variables;
  bool fits(const auto& at) const { return at.from_child() && at.cost(sum); }
};

/// Every computation of a search has one. A child says its floor before any bound that depends on its own children's,
/// so a root whose upper bound is finite has heard of all.
class SearchProof {
 public:
  void start(auto& self, const SearchNode& node) {
    sum_ = node.floor();
    missing_ = node.child_count();
    roots_.start(self);
    if (missing_ == 0) pass_on(self, node);
  }
  void add(auto& self, const SearchNode& node, const Floor& floor) {
    self.demand(missing_ > 0);
    sum_ += floor.sum;
    variables_ += floor.variables;
    if (--missing_ == 0) pass_on(self, node);
  }
  void add(auto& self, ComputationId root, const Proof& proof) { roots_.add(self, root, proof); }
  /// At a root: its tree's share of an error that is allowed for the whole problem, by variables.
  double share_of(auto& self, double error) const {
    return missing_ ? 0 : error * double(variables_) / double(self.problem().variable_count());
  }
  /// At a root: tells its lower bound `low` if that has risen, or if it is the last.
  void conclude(auto& self, double low, bool last) {
    if (!last && (missing_ > 0 || low <= told_)) return;
    told_ = low;
    ProofSum::tell(self, low + sum_, last);
  }
  /// Proofs are still to come here.
  bool waiting() const { return roots_.waiting(); }

 private:
  void pass_on(auto& self, const SearchNode& node) const {
    if (!node.root()) self.send(node.parent(), Floor{sum_, variables_});
  }

  ProofSum roots_;
  double sum_ = 0, told_ = -1;
  std::uint32_t variables_ = 1, missing_ = 0;
};

}  // namespace entente
