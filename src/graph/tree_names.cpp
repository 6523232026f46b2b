// SPDX-License-Identifier: MIT
// The one list of tree heuristics with their names.
#include "graph/tree_names.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"
#include "entente/graph.hpp"

namespace entente {

namespace {

struct Named {
  TreeHeuristic heuristic;
  std::string_view name, summary;
};
constexpr Named heuristics[] = {
    {TreeHeuristic::dfs_max_degree, "dfs", "depth first, next the neighbour with most neighbours"},
    {TreeHeuristic::dfs_most_visited, "dfs_most_visited", "depth first, next the one with most visited neighbours"},
    {TreeHeuristic::min_fill, "min_fill", "bucket tree of a greedy order that adds the fewest edges"},
    {TreeHeuristic::min_degree, "min_degree", "bucket tree of a greedy order by fewest neighbours"},
};

}  // namespace

std::vector<TreeDescription> tree_heuristics() {
  std::vector<TreeDescription> result{{"best", "the one of those below that needs the fewest table cells"}};
  for (const Named& named : heuristics) result.push_back({std::string(named.name), std::string(named.summary)});
  return result;
}

std::optional<TreeHeuristic> tree_heuristic(std::string_view name) {
  if (name == "best") return std::nullopt;
  std::vector<std::string> names{"best"};
  for (const Named& named : heuristics) {
    if (named.name == name) return named.heuristic;
    names.emplace_back(named.name);
  }
  throw Error(ErrorCode::wrong_use, fmt::format("unknown tree '{}'{}; there are {}", printable(std::string(name)),
                                                did_you_mean(name, names), fmt::join(names, ", ")));
}

std::string_view tree_name(TreeHeuristic heuristic) {
  for (const Named& named : heuristics) {
    if (named.heuristic == heuristic) return named.name;
  }
  return {};
}

}  // namespace entente
