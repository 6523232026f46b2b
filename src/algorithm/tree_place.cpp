// SPDX-License-Identifier: MIT
#include "algorithm/tree_place.hpp"

#include <algorithm>

namespace entente {

namespace {

/// Places of `some` in `all`, both by depth; one that is missing gets the place behind the last.
std::vector<std::uint32_t> places_in(std::span<const VariableId> all, std::span<const VariableId> some,
                                     const Pseudotree& tree) {
  std::vector<std::uint32_t> places;
  places.reserve(some.size());
  std::uint32_t at = 0;
  for (const VariableId v : some) {
    while (at < all.size() && tree.depth[all[at]] < tree.depth[v]) ++at;
    places.push_back(at);
  }
  return places;
}

}  // namespace

TreePlace::TreePlace(const Problem& problem, const Pseudotree& tree, VariableId own,
                     std::span<const VariableId> earlier)
    : children_(tree.children[own]), earlier_(earlier) {
  std::vector<VariableId> descendants;
  for (const ConstraintId c : problem.constraints_of(own))
    for (const VariableId v : problem.scope(c))
      if (tree.depth[v] > tree.depth[own]) descendants.push_back(v);
  std::sort(descendants.begin(), descendants.end());
  descendants.erase(std::unique(descendants.begin(), descendants.end()), descendants.end());
  for (const VariableId v : descendants) {
    VariableId branch = children_.size() == 1 ? children_[0] : v;  // climbing a long chain takes time
    while (tree.parent[branch] != own) branch = tree.parent[branch];
    below_.push_back({v, child(branch)});
  }
  const auto separator = tree.separator[own];
  // The own variable is in no place of the own context: it gets the one behind the last.
  for (const VariableId c : children_) sources_.push_back(places_in(separator, tree.separator[c], tree));
  places_ = places_in(separator, earlier, tree);
  for (std::size_t k = 0; k < earlier.size(); ++k)
    above_.push_back(places_in(tree.separator[earlier[k]], earlier.first(k), tree));
}

std::uint32_t TreePlace::child(VariableId variable) const {
  return std::uint32_t(std::lower_bound(children_.begin(), children_.end(), variable) - children_.begin());
}

std::uint32_t TreePlace::branch(VariableId descendant) const {
  return std::lower_bound(below_.begin(), below_.end(), descendant,
                          [](const Below& below, VariableId v) { return below.variable < v; })
      ->child;
}

std::uint32_t TreePlace::ancestor(VariableId variable) const {
  return std::uint32_t(std::find(earlier_.begin(), earlier_.end(), variable) - earlier_.begin());
}

std::vector<ValueIndex> TreePlace::context(std::uint32_t child, std::span<const ValueIndex> own,
                                           ValueIndex value) const {
  std::vector<ValueIndex> values;
  values.reserve(sources_[child].size());
  for (const std::uint32_t at : sources_[child]) values.push_back(at < own.size() ? own[at] : value);
  return values;
}

void TreePlace::read_context(std::span<const ValueIndex> context, std::vector<ValueIndex>& known) const {
  known.clear();
  for (const std::uint32_t at : places_) known.push_back(context[at]);
}

void TreePlace::read_context_of(std::uint32_t k, std::span<const ValueIndex> context,
                                std::vector<ValueIndex>& known) const {
  known.clear();
  for (const std::uint32_t at : above_[k]) known.push_back(context[at]);
}

std::vector<VariableId> depth_first(const Pseudotree& tree, VariableId root) {
  std::vector<VariableId> list, open{root};
  while (!open.empty()) {
    list.push_back(open.back());
    open.pop_back();
    const auto children = tree.children[list.back()];
    open.insert(open.end(), children.rbegin(), children.rend());
  }
  return list;
}

}  // namespace entente
