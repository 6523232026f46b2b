// SPDX-License-Identifier: MIT
#include "entente/algorithm/message_ground.hpp"

#include <fmt/format.h>

#include <string>

#include "entente/graph/pseudotree.hpp"
#include "entente/problem/problem.hpp"

namespace entente {

bool MessageGround::linked() const {
  const std::uint32_t *low = frame_.neighbours + frame_.first[to_], *high = frame_.neighbours + frame_.first[to_ + 1];
  return std::binary_search(low, high, from_);
}
bool MessageGround::from_parent() const { return tree().parent[to_] == from_; }
bool MessageGround::from_child() const { return tree().parent[from_] == to_; }
bool MessageGround::from_root() const { return tree().parent[from_] == no_id; }
bool MessageGround::from_separator() const {
  const auto list = separator(to_);
  return std::find(list.begin(), list.end(), from_) != list.end();
}
bool MessageGround::from_above() const { return linked() && tree().depth[from_] < tree().depth[to_]; }
bool MessageGround::from_below() const { return linked() && tree().depth[from_] > tree().depth[to_]; }

bool MessageGround::is_variable(std::uint32_t id) const { return id < problem().variable_count(); }
bool MessageGround::in_domain(VariableId variable, ValueIndex value) const {
  return is_variable(variable) && value >= 0 && value < problem().domain_size(variable);
}
std::span<const VariableId> MessageGround::separator(VariableId variable) const { return tree().separator[variable]; }

bool MessageGround::subtree(VariableId root, std::span<const ValueIndex> list) const {
  std::vector<VariableId> open{root};
  std::size_t at = 0;
  while (!open.empty()) {
    const VariableId v = open.back();
    open.pop_back();
    if (at == list.size() || !in_domain(v, list[at++])) return false;
    const auto children = tree().children[v];
    open.insert(open.end(), children.rbegin(), children.rend());
  }
  return at == list.size();
}
std::size_t MessageGround::subtree_size(VariableId root) const {
  std::vector<VariableId> list{root};
  for (std::size_t at = 0; at < list.size(); ++at) {
    const auto children = tree().children[list[at]];
    list.insert(list.end(), children.begin(), children.end());
  }
  return list.size();
}

bool MessageGround::ascending(std::span<const VariableId> variables) const {
  for (std::size_t i = 0; i + 1 < variables.size(); ++i)
    if (variables[i] >= variables[i + 1]) return false;
  return variables.empty() || is_variable(variables.back());
}
bool MessageGround::part_of_separator(std::span<const VariableId> variables) const {
  const auto all = separator(from_);
  auto at = all.begin();
  for (const VariableId v : variables) {
    at = std::find(at, all.end(), v);
    if (at == all.end()) return false;
    ++at;
  }
  return true;
}
bool MessageGround::sizes(std::span<const VariableId> scope, std::span<const ValueIndex> sizes) const {
  return std::equal(scope.begin(), scope.end(), sizes.begin(), sizes.end(),
                    [&](VariableId v, ValueIndex size) { return is_variable(v) && problem().domain_size(v) == size; });
}
bool MessageGround::table(std::span<const VariableId> scope, std::span<const ValueIndex> shape,
                          std::span<const double> cells) const {
  std::vector<VariableId> sorted(scope.begin(), scope.end()), all(separator(from_).begin(), separator(from_).end());
  std::sort(sorted.begin(), sorted.end());
  std::sort(all.begin(), all.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end() &&
         std::includes(all.begin(), all.end(), sorted.begin(), sorted.end()) && sizes(scope, shape) && costs(cells);
}

namespace detail {

void refuse_message(std::string_view algorithm, std::string_view message, const Frame& frame, ComputationId from,
                    ComputationId to) {
  const auto name = [&](ComputationId i) {
    if (!frame.problem) return fmt::format("computation {}", i);
    const Problem& problem = *frame.problem;
    const std::uint32_t variables = problem.variable_count();
    return i < variables ? "variable " + printable(problem.variable_name(i))
                         : "constraint " + printable(problem.constraint_name(i - variables));
  };
  throw Error(ErrorCode::bad_input,
              fmt::format("{}: a message {} from {} to {} is nothing that it could say there; it was damaged, or its "
                          "sender runs something else",
                          algorithm, message, name(from), name(to)));
}

}  // namespace detail
}  // namespace entente
