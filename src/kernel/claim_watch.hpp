// SPDX-License-Identifier: MIT
// ClaimWatch: sees to it that the parts of a problem whose costs mediators have proven do not overlap.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "kernel/shared_function.hpp"

namespace entente {

/// What a mediator has proven: the costs inside `group` cannot be avoided. Sets are in ascending order.
struct Claim {
  std::vector<VariableId> group;  ///< Empty: nothing any more.
  std::vector<VariableId> list;   ///< All that the mediator knows, `group` included.
};

/// What a mediator is told of another's claim that shares a cost with its own.
struct ClaimAdvice {
  ComputationId to = no_id;
  /// To yield to it, as it knows all that `to` knows: `other` and its list. Else to take the variables in `list` into
  /// its own list.
  bool yield = false;
  ComputationId other = no_id;
  std::vector<VariableId> list;
};

/// The order of mediators: who knows more, then the higher id, goes first.
bool goes_before(std::size_t known, ComputationId mediator, std::size_t other_known, ComputationId other);

/// The claims that one agent has heard of. It watches the cost functions of which it is the first variable, so that
/// each function is watched by one agent, and advises mediators whose claims share one of them: the one who knows less
/// to yield, or, where it knows something that the other does not, the other to learn that.
///
/// Cost  O(claims · (functions watched + size of a claim)) per claim heard of.
class ClaimWatch {
 public:
  /// `functions` are those of the agent `own`.
  void watch(ComputationId own, std::span<const SharedFunction> functions);
  /// A mediator claims something else than before. The advice that follows, without what was said before.
  std::vector<ClaimAdvice> hear(ComputationId mediator, Claim claim);

 private:
  bool share_a_cost(const Claim& a, const Claim& b) const;

  std::vector<std::vector<VariableId>> scopes_;  // ascending
  std::map<ComputationId, Claim> claims_;
  std::map<ComputationId, std::set<VariableId>> told_;  // what mediators were told to learn
};

}  // namespace entente
