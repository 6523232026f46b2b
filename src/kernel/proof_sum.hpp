// SPDX-License-Identifier: MIT
// ProofSum: adds up what the roots of a forest have proven, each about its own tree.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "entente/base/ids.hpp"

namespace entente {

/// To computation 0: no assignment of the sender's tree costs less (to be minimised whatever the objective).
struct Proof {
  double bound;
};

/// Every computation has one; that of computation 0 counts. `self` is an EventSelf on a pseudo-tree.
class ProofSum {
 public:
  void start(auto& self) {
    if (self.id() != 0) return;
    for (const ComputationId parent : self.tree().parent) roots_ += parent == no_id;
    for (ConstraintId c = 0; c < self.problem().constraint_count(); ++c)
      if (self.problem().scope(c).empty()) constant_ += self.cost(c, {});
  }
  /// Sends a root's bound on its way.
  static void tell(auto& self, double bound) { self.send(0, Proof{bound}); }
  /// Reports the bound of the whole problem when the last root has told its own.
  void add(auto& self, ComputationId root, const Proof& proof) {
    parts_.emplace_back(root, proof.bound);
    if (--roots_ > 0) return;
    std::sort(parts_.begin(), parts_.end());  // one sum, whatever order they came in
    for (const auto& part : parts_) constant_ += part.second;
    self.report_bound(constant_);
  }
  /// Bounds are still to come here.
  bool waiting() const { return roots_ > 0; }

 private:
  std::vector<std::pair<ComputationId, double>> parts_;
  double constant_ = 0;
  std::uint32_t roots_ = 0;
};

}  // namespace entente
