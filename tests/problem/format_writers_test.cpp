// SPDX-License-Identifier: MIT
// What is written as WCSP, CFN and UAI reads back with the same costs; what a format cannot hold is said or refused.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

#include "problem/problem_testing.hpp"

namespace entente {
namespace {

using Writer = void (*)(const Problem&, std::ostream&, const WriteOptions&);

std::string text_of(Writer write, const Problem& problem, WriteOptions options = {},
                    std::vector<std::string>* notes = nullptr) {
  if (notes) options.warn = [notes](const std::string& note) { notes->push_back(note); };
  std::ostringstream out;
  write(problem, out, options);
  return out.str();
}

struct Shape {
  bool negative = false, fractions = false, maximise = false, names = false;
};

/// A random problem: tables, shared ones, sparse ones, own costs, a constant, hard cells.
Problem random_problem(const Shape& shape) {
  using rc::gen::inRange;
  ProblemBuilder builder("random", shape.maximise ? Objective::maximise : Objective::minimise);
  const auto cost = [&] {
    if (*inRange(0, 6) == 0) return std::numeric_limits<double>::infinity() * (shape.maximise ? -1 : 1);
    const int whole = *inRange(shape.negative ? -50 : 0, 50);
    return shape.fractions ? whole / 8.0 : whole;
  };
  const std::uint32_t two =
      builder.add_domain("two", shape.names ? std::vector<Value>{std::string("no"), std::string("yes")} : numbers(2));
  const std::uint32_t three = builder.add_domain("three", numbers(3));
  const int variables = *inRange(1, 5);
  for (int v = 0; v < variables; ++v)
    builder.add_variable(shape.names ? "v" + std::to_string(v) : "", *inRange(0, 2) ? two : three);
  const auto cells = [&](std::size_t count) {
    std::vector<double> costs(count);
    for (double& one : costs) one = cost();
    return costs;
  };
  const auto size = [&](VariableId v) { return builder.domain(builder.domain_id(v)).values.size(); };
  const int functions = *inRange(0, 6);
  for (int f = 0; f < functions; ++f) {
    const auto a = static_cast<VariableId>(*inRange(0, variables)), b = static_cast<VariableId>(*inRange(0, variables));
    if (a == b) {
      builder.add_unary_costs(a, cells(size(a)));
      continue;
    }
    const VariableId scope[] = {a, b}, turned[] = {b, a};
    switch (*inRange(0, 3)) {
      case 0: builder.add_table_constraint("", scope, cells(size(a) * size(b))); break;
      case 1: {
        const auto table = builder.add_table(cells(size(a) * size(b)));
        builder.add_table_constraint("", scope, table);
        builder.add_table_constraint("", scope, table);
        if (size(a) == size(b)) builder.add_table_constraint("", turned, table);
        break;
      }
      default: builder.add_sparse_constraint("", scope, {2, cost(), {0, 1, 1, 0}, {cost(), cost()}});
    }
  }
  if (*inRange(0, 2))
    builder.add_table_constraint("", std::vector<VariableId>{}, std::vector<double>{shape.negative ? -3.0 : 3.0});
  return builder.build();
}

/// Checks that `again` costs `scale * cost + offset` everywhere, the offset being what it is at the first assignment.
void check_same(const Problem& problem, const Problem& again, double scale, double tolerance) {
  RC_ASSERT(again.variable_count() == problem.variable_count());
  std::vector<ValueIndex> assignment(problem.variable_count(), 0);
  std::optional<double> offset;
  for (;;) {
    const Evaluation left = problem.evaluate(assignment), right = again.evaluate(assignment);
    RC_ASSERT((left.violations > 0) == (right.violations > 0));
    if (left.violations == 0) {
      if (!offset) offset = scale == 1 ? 0 : right.cost - scale * left.cost;
      RC_ASSERT(std::abs(right.cost - scale * left.cost - *offset) <= tolerance);
    }
    std::size_t k = assignment.size();
    while (k > 0 && ++assignment[k - 1] == problem.domain_size(static_cast<VariableId>(k - 1))) assignment[--k] = 0;
    if (k == 0) break;
  }
}

RC_GTEST_PROP(FormatWriters, wcsp_of_whole_costs_is_read_back_exactly, ()) {
  const Problem problem = random_problem({});
  check_same(problem, parse_wcsp(text_of(write_wcsp, problem), "again"), 1, 0);
}

RC_GTEST_PROP(FormatWriters, wcsp_with_a_precision_is_scaled_and_shifted, ()) {
  const Problem problem = random_problem({.negative = true, .fractions = true, .names = true});
  check_same(problem, parse_wcsp(text_of(write_wcsp, problem, {.precision = 3}), "again"), 1000, 0);
}

RC_GTEST_PROP(FormatWriters, wcsp_of_a_maximisation_is_turned_round, ()) {
  const Problem problem = random_problem({.negative = true, .maximise = true});
  check_same(problem, parse_wcsp(text_of(write_wcsp, problem), "again"), -1, 0);
}

RC_GTEST_PROP(FormatWriters, cfn_is_read_back_with_names, (bool maximise, bool names)) {
  const Problem problem = random_problem({.negative = true, .fractions = true, .maximise = maximise, .names = names});
  const Problem again = parse_cfn(text_of(write_cfn, problem), "again");
  check_same(problem, again, 1, 0);
  RC_ASSERT(again.objective() == problem.objective());
  RC_ASSERT(again.name() == problem.name());
  RC_ASSERT(again.constraint_count() == problem.constraint_count());
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    RC_ASSERT(again.variable_name(v) == problem.variable_name(v));
    RC_ASSERT(again.domain(v).values == problem.domain(v).values);
  }
}

RC_GTEST_PROP(FormatWriters, uai_is_read_back_but_for_rounding, ()) {
  const Problem problem = random_problem({.negative = true, .fractions = true});
  check_same(problem, parse_uai(text_of(write_uai, problem), "again"), 1, 1e-11);
}

Problem with_costs(const std::vector<double>& costs, std::optional<double> limit = {},
                   Objective objective = Objective::minimise) {
  ProblemBuilder builder("p", objective);
  const auto domain = builder.add_domain("d", numbers(static_cast<std::int64_t>(costs.size())));
  builder.add_variable("", domain);
  builder.add_unary_costs(0, costs);
  if (limit) builder.set_cost_limit(*limit);
  return builder.build();
}

TEST(FormatWriters, limits_are_kept_where_the_format_has_them) {
  const Problem problem = with_costs({0, 3, 5}, 5);
  for (const auto& again :
       {parse_wcsp(text_of(write_wcsp, problem), "again"), parse_cfn(text_of(write_cfn, problem), "again")}) {
    EXPECT_EQ(again.cost_limit(), 5.0);
    EXPECT_EQ(again.evaluate(std::vector<ValueIndex>{2}).violations, 1u);
  }
  std::vector<std::string> notes;
  text_of(write_uai, problem, {}, &notes);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("no limit"), std::string::npos) << notes[0];
  // Below 0 nothing is; no cost of a WCSP file may say so, so that another function has to.
  const Problem none = parse_wcsp(text_of(write_wcsp, with_costs({0, 3}, 0)), "again");
  EXPECT_EQ(none.evaluate(std::vector<ValueIndex>{0}).violations, 1u);
}

TEST(FormatWriters, what_wcsp_changes_is_said_and_fractions_are_refused) {
  std::vector<std::string> notes;
  text_of(write_wcsp, with_costs({-2, 1.5}), {.precision = 1}, &notes);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0], "the costs in the file are 10 * cost + 20");
  notes.clear();
  text_of(write_wcsp, with_costs({1, 3}, {}, Objective::maximise), {}, &notes);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("-1 * cost + 3, to be minimised"), std::string::npos) << notes[0];
  expect_error([] { text_of(write_wcsp, with_costs({0.5, 1})); }, {"x0", "0.5 is no whole number", "--precision"});
  expect_error([] { text_of(write_wcsp, with_costs({1e17, 1})); }, {"too many digits"});
  expect_error([] { text_of(write_wcsp, with_costs({1, 2}), {.precision = 16}); }, {"precision", "0 to 15"});
}

TEST(FormatWriters, costs_without_a_potential_are_refused) {
  expect_error([] { text_of(write_uai, with_costs({1, 800})); }, {"x0", "800 has no potential"});
  expect_error([] { text_of(write_uai, with_costs({1, -800})); }, {"-800 has no potential"});
  EXPECT_NO_THROW(text_of(write_uai, with_costs({-700, 700, std::numeric_limits<double>::infinity()})));
}

TEST(FormatWriters, shared_tables_stay_shared) {
  ProblemBuilder builder("p", Objective::minimise);
  const auto domain = builder.add_domain("d", numbers(3));
  for (int v = 0; v < 4; ++v) builder.add_variable("", domain);
  const auto table = builder.add_table(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8});
  for (VariableId v = 0; v < 3; ++v) builder.add_table_constraint("", std::vector<VariableId>{v, v + 1}, table);
  const Problem problem = builder.build();
  const Problem wcsp = parse_wcsp(text_of(write_wcsp, problem), "w"), cfn = parse_cfn(text_of(write_cfn, problem), "c");
  for (const Problem* again : {&wcsp, &cfn})
    for (ConstraintId c = 1; c < 3; ++c) EXPECT_EQ(again->function(c).cells.data(), again->function(0).cells.data());
}

TEST(FormatWriters, a_file_is_complete_or_not_there) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.wcsp", "what was there before");
  EXPECT_THROW(write_problem(with_costs({0.5, 1}), file), Error);
  std::ifstream in(file);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "what was there before");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path("")), {}), 1) << "nothing half done is left";
  for (const char* name : {"p.wcsp", "p.cfn.gz", "p.uai.xz", "p.yaml.zst", "p.yml"}) {
    write_problem(with_costs({3, 1}), folder.path(name));
    EXPECT_EQ(cost_of(read_problem(std::vector<std::string>{folder.path(name)}), {0}), 3) << name;
  }
  expect_error([&] { write_problem(with_costs({1, 2}), folder.path("no/p.cfn")); }, {"cannot be written"});
  expect_error([&] { write_problem(with_costs({1, 2}), folder.path("p.txt")); }, {".txt is not known"});
}

}  // namespace
}  // namespace entente
