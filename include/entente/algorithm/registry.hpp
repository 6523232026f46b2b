// SPDX-License-Identifier: MIT
// The table of built-in algorithms, generated from the files of src/algorithms.
#pragma once

#include <string_view>
#include <vector>

#include "entente/algorithm/population.hpp"

namespace entente {

/// Every built-in algorithm, by name.
const std::vector<Algorithm>& algorithm_table();

/// Returns the algorithm called `name`, or that of the plug-in at that path (plugin.hpp); throws Error{wrong_use} that
/// lists what there is.
const Algorithm& find_algorithm(std::string_view name);

}  // namespace entente
