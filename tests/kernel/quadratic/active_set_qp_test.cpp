// SPDX-License-Identifier: MIT
// The dual active-set method: optimality conditions and proofs of contradiction on random programs.
#include "kernel/quadratic/active_set_qp.hpp"

#include <gtest/gtest.h>

#include "entente/base/error.hpp"
#include "kernel/quadratic/random_programs.hpp"

namespace entente::quadratic {
namespace {

DenseMatrix identity_plus(const DenseMatrix& h, double add) {
  DenseMatrix sum = h;
  for (std::size_t k = 0; k < h.rows; ++k) sum(k, k) += add;
  return sum;
}

struct Counts {
  int optimal = 0, infeasible = 0;
};

Counts run(const ProgramShape& base, int programs, std::uint64_t seed) {
  std::mt19937_64 draw(seed);
  Counts counts;
  for (int i = 0; i < programs; ++i) {
    ProgramShape shape = base;
    shape.n = 1 + draw() % base.n;
    shape.equalities = draw() % (std::min(base.equalities, shape.n) + 1);
    shape.inequalities = draw() % (base.inequalities + 1);
    RandomProgram program = random_program(draw, shape);
    program.h = identity_plus(program.h, 0.5);
    ActiveSetQp solver(program.limits);
    solver.set_curvature(program.h);
    for (int again = 0; again < 6; ++again) {  // warm starts from the former active set
      if (again == 4) {
        program.h = identity_plus(program.h, 1);
        solver.set_curvature(program.h);
      }
      const QpStatus status = solver.solve(program.g);
      if (status == QpStatus::infeasible) {
        EXPECT_FALSE(shape.feasible) << "seed " << seed << " program " << i;
        EXPECT_TRUE(proves_contradiction(program.limits, solver.contradiction())) << seed << " " << i;
        ++counts.infeasible;
      } else {
        EXPECT_EQ(status, QpStatus::optimal);
        EXPECT_LT(optimality_gap(program, solver.x(), solver.multipliers()), 1e-9) << seed << " program " << i;
        ++counts.optimal;
      }
      std::normal_distribution<double> normal;
      for (double& value : program.g) value += (again % 2 ? 3 : 0.1) * normal(draw);
    }
  }
  return counts;
}

TEST(ActiveSetQp, meets_the_optimality_conditions_on_random_programs) {
  const Counts counts = run({.n = 12, .equalities = 3, .inequalities = 10}, 1500, 1);
  EXPECT_EQ(counts.infeasible, 0);
}

TEST(ActiveSetQp, meets_them_where_limits_are_doubled_and_touch) {
  const Counts counts = run({.n = 10, .equalities = 5, .inequalities = 15, .degenerate = 0.5}, 1500, 2);
  EXPECT_EQ(counts.infeasible, 0);
}

TEST(ActiveSetQp, proves_it_where_limits_contradict_each_other) {
  const Counts counts =
      run({.n = 6, .equalities = 3, .inequalities = 8, .feasible = false, .degenerate = 0.2}, 2000, 3);
  EXPECT_GT(counts.infeasible, 1000);
  EXPECT_GT(counts.optimal, 100);
}

TEST(ActiveSetQp, tells_which_limits_contradict_each_other) {
  LinearLimits limits{{0, 0}, {1, 1}, {}, {}, DenseMatrix(1, 2, -1), {-5}};  // x + y >= 5
  ActiveSetQp solver(limits);
  const double curvature[] = {1, 1}, gradient[] = {0, 0};
  solver.set_curvature(curvature);
  ASSERT_EQ(solver.solve(gradient), QpStatus::infeasible);
  EXPECT_EQ(solver.contradiction().size(), 3u);       // the row and both upper bounds
  EXPECT_NEAR(solver.contradiction_gap(), 3, 1e-12);  // x + y reaches 2 of 5
}

TEST(ActiveSetQp, answers_a_changed_gradient_as_its_response_says) {
  std::mt19937_64 draw(5);
  for (int i = 0; i < 50; ++i) {
    RandomProgram program = random_program(draw, {.n = 6, .equalities = 1, .inequalities = 4});
    program.h = identity_plus(program.h, 1);
    ActiveSetQp solver(program.limits);
    solver.set_curvature(program.h);
    ASSERT_EQ(solver.solve(program.g), QpStatus::optimal);
    const std::vector<double> before(solver.x().begin(), solver.x().end());
    DenseMatrix response(6, 6);
    solver.add_response(response);
    const std::size_t active = solver.active();
    for (std::size_t k = 0; k < 6; ++k) {
      std::vector<double> moved = program.g;
      moved[k] -= 1e-7;
      ASSERT_EQ(solver.solve(moved), QpStatus::optimal);
      if (solver.active() != active) continue;
      for (std::size_t j = 0; j < 6; ++j) EXPECT_NEAR((solver.x()[j] - before[j]) / 1e-7, response(j, k), 1e-5);
    }
  }
}

TEST(ActiveSetQp, refuses_a_curvature_that_is_not_positive) {
  ActiveSetQp solver(LinearLimits{{0}, {1}, {}, {}, {}, {}});
  EXPECT_THROW(solver.set_curvature(DenseMatrix(1, 1, -1)), Error);
  const double zero[] = {0};
  EXPECT_THROW(solver.set_curvature(zero), Error);
}

TEST(ActiveSetQp, takes_programs_without_coordinates) {
  ActiveSetQp solver(LinearLimits{});
  solver.set_curvature(DenseMatrix());
  EXPECT_EQ(solver.solve({}), QpStatus::optimal);
}

}  // namespace
}  // namespace entente::quadratic
