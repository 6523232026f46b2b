// SPDX-License-Identifier: MIT
// CertifiedGroups: claims that overlap are not added up, and what was proven once stays proven.
#include "runtime/certified_groups.hpp"

#include <gtest/gtest.h>

#include "entente/problem/builder.hpp"

namespace entente::runtime {
namespace {

/// A path of five variables with two values that want to differ; each constraint costs 1 at best.
Problem path(Objective objective) {
  ProblemBuilder builder("path", objective);
  const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
  for (VariableId v = 0; v < 5; ++v) builder.add_variable("", two);
  const double worse = objective == Objective::minimise ? 2 : 0;
  for (VariableId v = 0; v + 1 < 5; ++v)
    builder.add_table_constraint("", std::vector{v, v + 1}, std::vector<double>{worse, 1, 1, worse});
  return builder.build();
}

TEST(CertifiedGroups, AddsUpGroupsThatShareNoFunction) {
  for (const Objective objective : {Objective::minimise, Objective::maximise}) {
    const Problem problem = path(objective);
    CertifiedGroups groups(problem, 5);
    groups.certify(0, std::vector<VariableId>{0, 1, 2}, 2);
    groups.certify(1, std::vector<VariableId>{1, 2}, 1);
    groups.certify(4, std::vector<VariableId>{2, 3, 4}, 0.5);  // shares a variable with the first, but no constraint
    EXPECT_EQ(groups.certificate().best, 4);
    EXPECT_EQ(groups.certificate().groups.size(), 2u);
    EXPECT_EQ(groups.certificate().bound(problem), objective == Objective::minimise ? 6.5 : 1.5);
  }
}

TEST(CertifiedGroups, KeepsTheBestProofWhenClaimsChange) {
  const Problem problem = path(Objective::minimise);
  CertifiedGroups groups(problem, 5);
  groups.certify(0, std::vector<VariableId>{0, 1, 2}, 2);
  groups.certify(4, std::vector<VariableId>{2, 3, 4}, 1);
  EXPECT_EQ(groups.certificate().bound(problem), 7);
  groups.certify(4, std::vector<VariableId>{1, 2, 3, 4}, 1);  // now they overlap
  EXPECT_EQ(groups.certificate().bound(problem), 7);
  groups.certify(4, {}, 0);
  groups.certify(0, std::vector<VariableId>{0, 1, 2}, 4);
  EXPECT_EQ(groups.certificate().bound(problem), 8);
}

}  // namespace
}  // namespace entente::runtime
