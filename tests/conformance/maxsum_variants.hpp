// SPDX-License-Identifier: MIT
// Runs of the relatives of Max-Sum, and families of random problems, for their tests.
#pragma once

#include <string>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "entente/solve.hpp"

namespace entente::samples {

inline Outcome solved(const Problem& problem, const std::string& algorithm, const std::vector<Setting>& settings = {},
                      std::uint64_t stop_cycle = 2000, int threads = 1) {
  SolveRequest request;
  request.algorithm = algorithm;
  request.parameters = settings;
  request.stop_cycle = stop_cycle;
  request.seed = 11;
  request.threads = threads;
  return solve(problem, request);
}

/// `pairs` constraints between random pairs of variables, with random costs below 100 for each pair of values. `apart`:
/// every computation on an agent of its own.
inline Problem random_pairs(std::uint32_t variables, std::uint32_t values, std::uint32_t pairs, std::uint64_t seed,
                            bool apart = false) {
  Random random(seed);
  ProblemBuilder builder("pairs", Objective::minimise);
  std::vector<Value> domain;
  for (std::int64_t v = 0; v < values; ++v) domain.emplace_back(v);
  const auto d = builder.add_domain("d", domain);
  for (std::uint32_t v = 0; v < variables; ++v) builder.add_variable("", d);
  for (std::uint32_t c = 0; c < pairs; ++c) {
    const auto u = VariableId(random.below(variables)), step = VariableId(1 + random.below(variables - 1));
    std::vector<double> costs;
    for (std::uint32_t i = 0; i < values * values; ++i) costs.push_back(double(random.below(100)));
    builder.add_table_constraint("", std::vector{u, (u + step) % variables}, costs);
  }
  if (apart)
    for (std::uint32_t a = 0; a < variables + pairs; ++a) builder.add_agent({"a" + std::to_string(a)});
  return builder.build();
}

}  // namespace entente::samples
