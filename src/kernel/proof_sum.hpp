// SPDX-License-Identifier: MIT
// ProofSum: adds up what the roots of a forest have proven, each about its own tree.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include "entente/base/ids.hpp"

namespace entente {

/// To computation 0: no assignment of the sender's tree costs less (to be minimised whatever the objective).
struct Proof {
  double bound;
  bool last;  // it will not get better
  bool fits(const auto& at) const { return at.to() == 0 && at.from_root() && at.cost(bound); }
};

/// Every computation has one; that of computation 0 counts. `self` is an EventSelf on a pseudo-tree.
class ProofSum {
 public:
  void start(auto& self) {
    if (self.id() != 0) return;
    const auto& parents = self.tree().parent;
    for (ComputationId i = 0; i < parents.size(); ++i)
      if (parents[i] == no_id) roots_.push_back(i);
    bounds_.assign(roots_.size(), -std::numeric_limits<double>::infinity());
    unheard_ = unfinished_ = roots_.size();
    for (ConstraintId c = 0; c < self.problem().constraint_count(); ++c)
      if (self.problem().scope(c).empty()) constant_ += self.cost(c, {});
  }
  /// Sends what a root has proven on its way.
  static void tell(auto& self, double bound, bool last) { self.send(0, Proof{bound, last}); }
  /// Reports the bound of the whole problem as soon as every root has told one of its own, and whenever one gets
  /// better.
  void add(auto& self, ComputationId root, const Proof& proof) {
    double& bound = bounds_[std::size_t(std::lower_bound(roots_.begin(), roots_.end(), root) - roots_.begin())];
    unheard_ -= std::isinf(bound) && bound < 0;
    self.demand(unfinished_ > 0);
    unfinished_ -= proof.last;
    bound = proof.bound;
    if (unheard_ == 0) self.report_bound(std::accumulate(bounds_.begin(), bounds_.end(), constant_));
  }
  /// Bounds are still to come here.
  bool waiting() const { return unfinished_ > 0; }

 private:
  std::vector<ComputationId> roots_;
  std::vector<double> bounds_;  // by root
  std::size_t unheard_ = 0, unfinished_ = 0;
  double constant_ = 0;
};

}  // namespace entente
