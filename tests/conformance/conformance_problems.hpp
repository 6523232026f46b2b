// SPDX-License-Identifier: MIT
// The problems that every algorithm is held to its promises on.
#pragma once

#include <vector>

#include "entente/algorithm/algorithm_of.hpp"
#include "support/random_problem.hpp"

namespace entente::testing {

inline std::vector<RandomProblem> shapes() {
  return {{.variables = 6, .degree = 3},
          {.variables = 7, .degree = 2, .own_costs = 0.5, .fractional = true},
          {.variables = 6, .degree = 3, .hard = 0.15},
          {.variables = 6, .mixed_domains = true, .degree = 2, .wide = 2, .unary = 3, .own_costs = 0.3, .hard = 0.1},
          {.variables = 6, .degree = 3, .wide = 1, .own_costs = 0.3, .objective = Objective::maximise},
          {.variables = 5, .degree = 4, .hard = 0.6}};
}

/// The problem of a shape, or what the algorithm takes of it: some are made for satisfaction only.
inline Problem problem_for(const Algorithm& algorithm, RandomProblem shape, std::uint64_t seed) {
  Problem problem = make_random_problem(shape, seed);
  if (!algorithm.refuses || algorithm.refuses(problem, {}).empty()) return problem;
  shape.satisfaction = true;
  shape.own_costs = 0;
  shape.hard = 0.1;
  shape.objective = Objective::minimise;
  shape.negated = false;
  return make_random_problem(shape, seed);
}

}  // namespace entente::testing
