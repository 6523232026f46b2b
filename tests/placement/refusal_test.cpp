// SPDX-License-Identifier: MIT
// What cannot be placed: the message says which capacity or hint is in the way.
#include <gtest/gtest.h>

#include <functional>

#include "placement_samples.hpp"

namespace entente::test {
namespace {

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "(no error)";
}

/// A chain of `variables` whose ends need 1 of capacity and the others 2.
ProblemBuilder chain(std::uint32_t variables, const std::vector<double>& capacities) {
  ProblemBuilder builder("chain", Objective::minimise);
  const auto domain = builder.add_domain("d", {0, 1});
  const auto table = builder.add_table(std::vector<double>{1, 0, 0, 1});
  for (std::uint32_t v = 0; v < variables; ++v) {
    builder.add_variable(fmt::format("x{}", v), domain);
    if (v > 0) builder.add_table_constraint(fmt::format("c{}", v), std::vector<VariableId>{v - 1, v}, table);
  }
  for (std::size_t a = 0; a < capacities.size(); ++a)
    builder.add_agent({.name = fmt::format("a{}", a), .capacity = capacities[a]});
  return builder;
}

void expect_refusals(ProblemBuilder builder, const std::vector<std::string>& parts) {
  const Problem problem = builder.build();
  for (const std::string& name : methods_for(Graph::constraint)) {
    const std::string text = refusal([&] { place(problem, Graph::constraint, name); });
    for (const std::string& part : parts) EXPECT_NE(text.find(part), std::string::npos) << name << ": " << text;
  }
}

TEST(Refusal, names_a_computation_that_is_too_large_for_every_agent) {
  expect_refusals(chain(3, {1, 1.5, 1}), {"'x1' needs 2", "1.5 of 'a1'"});
}

TEST(Refusal, names_what_all_need_and_have_together) { expect_refusals(chain(4, {2, 3}), {"need 6", "have 5"}); }

TEST(Refusal, names_the_agent_whose_hints_pass_its_capacity) {
  ProblemBuilder builder = chain(4, {3, 9});
  builder.placement().must_host["a0"] = {"x1", "x2"};
  expect_refusals(std::move(builder), {"'a0' must host 'x1', 'x2'", "needs 4", "has 3"});
}

TEST(Refusal, names_hints_that_clash) {
  ProblemBuilder builder = chain(3, {9, 9});
  builder.placement().must_host["a0"] = {"x0"};
  builder.placement().must_host["a1"] = {"x2"};
  builder.placement().host_with["x0"] = {"x2"};
  expect_refusals(std::move(builder), {"hints clash", "'x2'", "'a0'", "'a1'"});
}

TEST(Refusal, says_how_much_more_capacity_would_do_where_only_packing_fails) {
  // Two of 1 and three of 2 are 8 in all; 3 + 5 holds them, 1 + 3 + 4 as well, but 1 + 1 + 3 + 3 does not hold three
  // 2s.
  expect_refusals(chain(5, {1, 1, 3, 3}), {"no way of dealing"});
}

TEST(Refusal, oneagent_says_what_it_lacks) {
  const Problem few = chain(3, {9, 9}).build();
  EXPECT_NE(refusal([&] { place(few, Graph::constraint, "oneagent"); }).find("2 agents for 3 computations"),
            std::string::npos);
  const Problem tight = chain(3, {1, 1, 9}).build();
  EXPECT_NO_THROW(place(tight, Graph::constraint, "oneagent"));
  ProblemBuilder builder = chain(3, {9, 9, 9});
  builder.placement().host_with["x0"] = {"x1"};
  const Problem together = builder.build();
  EXPECT_NE(refusal([&] { place(together, Graph::constraint, "oneagent"); }).find("host_with"), std::string::npos);
}

TEST(Refusal, knows_methods_by_name_and_by_graph) {
  const Problem problem = chain(3, {9, 9}).build();
  EXPECT_NE(refusal([&] { place(problem, Graph::constraint, "heur_comhos"); }).find("did you mean 'heur_comhost'"),
            std::string::npos);
  EXPECT_NE(refusal([&] { place(problem, Graph::constraint, "ilp_fgdp"); }).find("factor_graph"), std::string::npos);
  EXPECT_NE(refusal([&] { place(problem, Graph::constraint, "adhoc", {.timeout = -1}); }).find("timeout"),
            std::string::npos);
}

}  // namespace
}  // namespace entente::test
