// SPDX-License-Identifier: MIT
// Choosing an algorithm when the user names none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "entente/solve.hpp"

namespace entente {

/// What is going to run, and when it stops by our own rules.
struct AlgorithmChoice {
  std::string algorithm;
  std::vector<Setting> parameters;
  std::uint64_t patience = 0;  ///< Cycles without improvement; 0: no limit.
  double seconds = 0;          ///< 0: no limit.
};

/// Returns the request's algorithm, or, where it names none: `dpop` when exact elimination fits memory and would end
/// soon, else the best anytime local method, for at most 1 000 cycles without improvement or 10 s. `request.say` is
/// told what was picked and why.
AlgorithmChoice choose_algorithm(const Problem& problem, const SolveRequest& request);

}  // namespace entente
