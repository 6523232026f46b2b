// SPDX-License-Identifier: MIT
// Programs whose curvature is not definite: linear programs, flat directions, endless descent.
#include "kernel/quadratic/proximal_qp.hpp"

#include <gtest/gtest.h>

#include "kernel/quadratic/random_programs.hpp"

namespace entente::quadratic {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

TEST(MinimiseConvex, meets_the_optimality_conditions_whatever_the_rank) {
  std::mt19937_64 draw(11);
  int optimal = 0;
  for (int i = 0; i < 800; ++i) {
    ProgramShape shape{.n = 1 + draw() % 8, .inequalities = draw() % 10, .infinite = i % 2 ? 0.0 : 0.1};
    shape.equalities = draw() % std::min<std::size_t>(3, shape.n);
    shape.rank = draw() % (shape.n + 1);
    const RandomProgram program = random_program(draw, shape);
    const ConvexSolution found = minimise_convex(program.h, program.g, program.limits);
    if (found.status == QpStatus::unbounded) {
      EXPECT_EQ(i % 2, 0);  // boxes have no end to run to
      EXPECT_LT(product(found.x, program.g), 1e-9);
      continue;
    }
    ASSERT_EQ(found.status, QpStatus::optimal) << i;
    EXPECT_LT(optimality_gap(program, found.x, found.multipliers), 2e-9) << i;
    ++optimal;
  }
  EXPECT_GT(optimal, 600);
}

TEST(MinimiseConvex, finds_a_vertex_of_a_linear_program) {
  // max 3x + 2y under x + y <= 4, x + 3y <= 6, x <= 3: at (3, 1).
  LinearLimits limits{{0, 0}, {3, infinite}, {}, {}, DenseMatrix(2, 2, 1), {4, 6}};
  limits.inequality(1, 1) = 3;
  const double g[] = {-3, -2};
  const ConvexSolution found = minimise_convex(DenseMatrix(2, 2), g, limits);
  ASSERT_EQ(found.status, QpStatus::optimal);
  EXPECT_NEAR(found.x[0], 3, 1e-12);
  EXPECT_NEAR(found.x[1], 1, 1e-12);
}

TEST(MinimiseConvex, says_where_a_cost_falls_for_ever) {
  const LinearLimits limits{{0, 0}, {infinite, infinite}, {}, {}, {}, {}};
  const double g[] = {1, -1};
  const ConvexSolution found = minimise_convex(DenseMatrix(2, 2), g, limits);
  ASSERT_EQ(found.status, QpStatus::unbounded);
  EXPECT_NEAR(found.x[1], 1, 1e-9);
}

}  // namespace
}  // namespace entente::quadratic
