// SPDX-License-Identifier: MIT
// What the smallest program of a library user looks like; the README shows it.
#include <iostream>

#include "entente/solve.hpp"

int main() {
  entente::ProblemBuilder builder("two lamps", entente::Objective::minimise);
  const auto level = builder.add_domain("level", {0, 1, 2});
  builder.add_variable("left", level);
  builder.add_variable("right", level);
  builder.add_expression("bright", "abs(left + right - 3) + 0.1 * left");
  entente::SolveRequest request;  // no algorithm named: one is picked
  const entente::Outcome outcome = entente::solve(builder.build(), request);
  std::cout << entente::status_name(outcome.status) << ", cost " << outcome.cost << '\n';
}
