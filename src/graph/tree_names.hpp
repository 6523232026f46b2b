// SPDX-License-Identifier: MIT
// The names users give tree heuristics.
#pragma once

#include <optional>
#include <string_view>

#include "entente/graph/pseudotree.hpp"

namespace entente {

/// Returns the heuristic called `name`, or nothing for `best`. Throws Error{wrong_use} for any other name.
std::optional<TreeHeuristic> tree_heuristic(std::string_view name);
std::string_view tree_name(TreeHeuristic heuristic);

}  // namespace entente
