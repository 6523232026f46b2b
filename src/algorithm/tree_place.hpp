// SPDX-License-Identifier: MIT
// TreePlace: a variable's place in a pseudo-tree, for searches that hand contexts (values of ancestors) down the tree.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/graph/pseudotree.hpp"
#include "entente/problem/problem.hpp"

namespace entente {

/// A context is the values of a variable's separator, in its order: what the variable's subtree depends on.
class TreePlace {
 public:
  struct Below {
    VariableId variable;
    std::uint32_t child;  ///< Position of the child whose subtree it is in.
  };

  TreePlace() = default;
  /// `earlier`: the ancestors that share a constraint with `own`, by depth. Both must outlive this, as must `tree`.
  /// Cost  O(depth) for each variable that shares a constraint with `own`, and O(separator) for each child and ancestor
  ///       in `earlier`.
  TreePlace(const Problem& problem, const Pseudotree& tree, VariableId own, std::span<const VariableId> earlier);

  std::span<const VariableId> children() const { return children_; }
  std::uint32_t child(VariableId variable) const;
  /// The descendants that share a constraint with `own`, by ascending id.
  const std::vector<Below>& below() const { return below_; }

  /// The child whose subtree holds one of those.
  std::uint32_t branch(VariableId descendant) const;

  /// The context of a child, given one's own and one's value.
  std::vector<ValueIndex> context(std::uint32_t child, std::span<const ValueIndex> own, ValueIndex value) const;
  /// Writes the values of `earlier` that a context holds.
  void read_context(std::span<const ValueIndex> context, std::vector<ValueIndex>& known) const;
  /// Writes the values of those `earlier` that are above the k-th, from the context of that one.
  void read_context_of(std::uint32_t k, std::span<const ValueIndex> context, std::vector<ValueIndex>& known) const;
  /// Position of an ancestor in `earlier`.
  std::uint32_t ancestor(VariableId variable) const;

 private:
  std::span<const VariableId> children_, earlier_;
  std::vector<Below> below_;
  std::vector<std::vector<std::uint32_t>> sources_;  // by child, and place in its context: the place in the own context
  std::vector<std::uint32_t> places_;                // of `earlier` in the own context
  std::vector<std::vector<std::uint32_t>> above_;    // by k: of those above the k-th in that one's context
};

/// The variables of one tree or subtree, depth first: `root`, then its children's subtrees in their order.
std::vector<VariableId> depth_first(const Pseudotree& tree, VariableId root);

}  // namespace entente
