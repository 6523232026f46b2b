// SPDX-License-Identifier: MIT
// The factor engine, with the plainest of its algorithms: min-sum with tiny preferences and optional damping.
#include "runtime/factor_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "entente/algorithm/roles.hpp"
#include "entente/base/error.hpp"
#include "runtime/factor_samples.hpp"

namespace entente::runtime {
namespace {

using samples::infinite;
using samples::Shape;

struct MinSum {
  static constexpr Info info{.name = "minsum", .graph = Graph::factor};
  struct Params {
    double keep = 0, noise = 0.0001;
    Speakers first = Speakers::all;
  };
  static constexpr auto parameters =
      std::tuple{real("keep", &Params::keep, 0, 1, ""), real("noise", &Params::noise, 0, 1, ""),
                 choice("first", &Params::first, {"leaves", "both", "all"}, "")};
  static Speakers first_speakers(const Params& p) { return p.first; }
  static bool remembers_variables(const Params& p) { return p.keep > 0; }
  struct Variable {
    void start(auto& self) {
      if (self.degree() == 0) return;
      for (ValueIndex v = 0; v < self.domain(); ++v)
        self.prefer_less(v, self.params().noise * self.uniform(std::uint32_t(v)));
    }
    void tell(auto& factor) {
      const double keep = factor.params().keep;
      auto others = normalised(factor.belief() - factor.heard());
      factor.send(keep > 0 ? blend(keep, factor.sent(), std::move(others)) : others);
    }
    void step(auto& self) { self.choose(cheapest(self.belief())); }
  };
  struct Factor {
    void step(auto& self) {
      for (Neighbour k = 0; k < self.degree(); ++k) {
        const auto fresh = normalised(self.min_marginal(k));
        if (!close(fresh, self.sent(k), 0)) self.stir();
        self.send(k, fresh);
      }
    }
  };
  using Computations = Roles<Variable, Factor>;
  static double memory(const Node&) { return 0; }
  static double load(const Link&) { return 0; }
};

const Algorithm min_sum = algorithm_of<MinSum>();

RunControl cycles(std::uint64_t count) {
  RunControl control;
  control.seed = 7;
  control.stop_cycle = count;
  return control;
}

struct Observed {
  RunResult result;
  std::vector<CycleReport> reports;
};

Observed observe(const Problem& problem, RunControl control, const std::vector<Setting>& settings = {},
                 InstructionSet set = best_instruction_set()) {
  Observed seen;
  control.on_cycle = [&](const CycleReport& report) { seen.reports.push_back(report); };
  seen.result = run_factors(problem, min_sum, control, settings, set);
  return seen;
}

std::string text(const Observed& seen) {
  std::string all;
  for (const CycleReport& r : seen.reports) {
    std::uint64_t bits;
    std::memcpy(&bits, &r.now.cost, sizeof bits);
    all += std::to_string(r.cycle) + ":" + std::to_string(bits) + "/" + std::to_string(r.now.violations) + "/" +
           std::to_string(r.changed) + " ";
  }
  for (const ValueIndex v : seen.result.last) all += std::to_string(v) + ",";
  for (const ValueIndex v : seen.result.best) all += std::to_string(v) + ",";
  return all + std::to_string(seen.result.best_cycle);
}

void expect_optimum(const Problem& problem, std::uint64_t seed) {
  const Observed seen = observe(problem, cycles(40));
  const Evaluation found = problem.evaluate(seen.result.best), best = samples::optimum(problem);
  EXPECT_EQ(found.violations, best.violations) << "seed " << seed;
  // Preferences of at most 0.0001 a variable decide between assignments that are this close.
  EXPECT_NEAR(found.cost, best.cost, 0.0001 * problem.variable_count()) << "seed " << seed;
  EXPECT_EQ(seen.result.end, RunEnd::by_itself) << "seed " << seed;
}

TEST(FactorEngine, finds_the_optimum_of_every_tree) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Shape shape;
    shape.variables = 2 + std::uint32_t(seed % 6);
    shape.whole = seed % 3 != 0;
    shape.high_arity = 2 + std::uint32_t(seed % 4);
    shape.isolated = std::uint32_t(seed % 2);
    expect_optimum(samples::random_problem(shape, seed), seed);
  }
}

TEST(FactorEngine, finds_the_optimum_of_trees_with_large_domains) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Shape shape;
    shape.variables = 3;
    shape.low_domain = 1;
    shape.high_domain = 40;
    expect_optimum(samples::random_problem(shape, seed), seed);
  }
}

TEST(FactorEngine, prefers_fewer_violations_to_any_cost) {
  std::uint64_t violated = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Shape shape;
    shape.hard_share = 0.4;
    shape.whole = seed % 2 == 0;
    const Problem problem = samples::random_problem(shape, seed);
    violated += samples::optimum(problem).violations > 0;
    expect_optimum(problem, seed);
  }
  EXPECT_GT(violated, 10u);  // the sample holds problems that cannot be satisfied
  EXPECT_LT(violated, 90u);
}

TEST(FactorEngine, treats_a_maximum_as_the_minimum_of_negated_costs) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Shape shape;
    shape.extra = 3;
    shape.hard_share = seed % 2 ? 0.1 : 0;
    shape.whole = seed % 4 < 2;
    const Problem low = samples::random_problem(shape, seed);
    shape.objective = Objective::maximise;
    const Problem high = samples::random_problem(shape, seed);
    const Observed down = observe(low, cycles(12)), up = observe(high, cycles(12));
    EXPECT_EQ(down.result.best, up.result.best);
    EXPECT_EQ(down.result.last, up.result.last);
    ASSERT_EQ(down.reports.size(), up.reports.size());
    for (std::size_t i = 0; i < up.reports.size(); ++i) EXPECT_EQ(down.reports[i].now.cost, -up.reports[i].now.cost);
  }
}

TEST(FactorEngine, reports_the_costs_that_the_problem_computes) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Shape shape;
    shape.variables = 40;
    shape.extra = 30;
    shape.hard_share = seed % 2 ? 0.05 : 0;
    shape.whole = seed % 3 != 0;
    shape.isolated = 2;
    const Problem problem = samples::random_problem(shape, seed);
    const Observed seen = observe(problem, cycles(9));
    const CycleReport& report = seen.reports.back();
    const Evaluation last = problem.evaluate(seen.result.last), best = problem.evaluate(seen.result.best);
    const double tolerance = 100.0 * 200 * 1e-15;  // a few hundred costs of up to 100
    EXPECT_NEAR(report.now.cost, last.cost, tolerance);
    EXPECT_EQ(report.now.violations, last.violations);
    EXPECT_NEAR(report.best.cost, best.cost, tolerance);
    EXPECT_EQ(report.best.violations, best.violations);
    EXPECT_EQ(report.cycle, seen.result.cycles);
    EXPECT_EQ(seen.reports[seen.result.best_cycle].now.cost, report.best.cost);
  }
}

TEST(FactorEngine, gives_the_same_bits_on_any_number_of_threads_and_instruction_set) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    Shape shape;
    shape.variables = 900;
    shape.low_domain = seed < 3 ? 3 : 2;
    shape.high_domain = seed < 3 ? 3 : 11;
    shape.high_arity = seed == 0 ? 2 : 3;
    shape.extra = 900;
    shape.hard_share = seed % 2 ? 0.01 : 0;
    shape.whole = seed != 4;
    shape.uneven = seed == 2 || seed == 5;
    const Problem problem = samples::random_problem(shape, seed);
    const std::vector<Setting> settings = {{"keep", seed == 5 ? "0.5" : "0"}, {"first", seed % 2 ? "leaves" : "all"}};
    const std::string reference = text(observe(problem, cycles(10), settings, InstructionSet::baseline));
    using Run = std::pair<InstructionSet, int>;
    for (const auto& [set, threads] :
         {Run{InstructionSet::baseline, 2}, Run{InstructionSet::v3, 1}, Run{InstructionSet::v3, 3},
          Run{InstructionSet::v4, 1}, Run{InstructionSet::v4, 2}, Run{best_instruction_set(), 5}}) {
      if (!is_supported(set)) continue;
      RunControl control = cycles(10);
      control.threads = threads;
      EXPECT_EQ(text(observe(problem, control, settings, set)), reference)
          << to_text(set) << ", " << threads << " threads, seed " << seed;
    }
  }
}

TEST(FactorEngine, adds_up_messages_in_the_same_order_on_any_number_of_threads) {
  // Both values of a hub cost the same tenths, told by different factors: which sum is lower is a matter of rounding,
  // and so of order.
  ProblemBuilder builder("hubs", Objective::minimise);
  const auto one = builder.add_domain("one", {0}), two = builder.add_domain("two", {0, 1});
  const VariableId root = builder.add_variable("root", one);
  Random random(5);
  for (int hub = 0; hub < 1500; ++hub) {
    const VariableId v = builder.add_variable("", two);
    std::vector<double> tenths;
    for (int k = 0; k < 8; ++k) tenths.push_back(0.1 * double(1 + random.below(30)));
    for (const int value : {0, 1}) {
      for (std::size_t k = 8; k > 1; --k) std::swap(tenths[k - 1], tenths[random.below(k)]);
      for (const double cost : tenths)
        builder.add_table_constraint("", std::vector{root, v}, std::vector{value ? 0 : cost, value ? cost : 0});
    }
  }
  const Problem problem = builder.build();
  const std::vector<Setting> settings = {{"noise", "0"}};
  const std::vector<ValueIndex> reference = observe(problem, cycles(1), settings).result.last;
  const auto ones = std::count(reference.begin(), reference.end(), 1);
  EXPECT_GT(ones, 100);
  for (const int threads : {2, 3}) {
    RunControl control = cycles(1);
    control.threads = threads;
    EXPECT_EQ(observe(problem, control, settings).result.last, reference) << threads << " threads";
  }
}

TEST(FactorEngine, lets_nobody_speak_before_it_was_woken) {
  // A path on which neighbours want to agree. The middle prefers 1, but is the last to speak.
  ProblemBuilder builder("path", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  for (VariableId v = 0; v < 5; ++v) builder.add_variable("", d);
  builder.add_unary_costs(2, std::vector<double>{7, 0});
  for (VariableId v = 1; v < 5; ++v)
    builder.add_table_constraint("", std::vector{v - 1, v}, std::vector<double>{0, 5, 5, 0.5});
  const Problem problem = builder.build();
  const auto after = [&](std::uint64_t count, const char* first) {
    return observe(problem, cycles(count), {{"first", first}, {"noise", "0"}}).result.last;
  };
  EXPECT_EQ(after(1, "all"), (std::vector<ValueIndex>{0, 1, 1, 1, 0}));
  EXPECT_EQ(after(2, "all"), (std::vector<ValueIndex>{1, 1, 1, 1, 1}));
  EXPECT_EQ(after(2, "leaves"), (std::vector<ValueIndex>{0, 0, 1, 0, 0}));
  EXPECT_EQ(after(3, "leaves"), (std::vector<ValueIndex>{0, 1, 1, 1, 0}));
  EXPECT_EQ(after(4, "leaves"), (std::vector<ValueIndex>{1, 1, 1, 1, 1}));
}

TEST(FactorEngine, another_seed_draws_other_preferences) {
  Shape shape;
  shape.variables = 60;
  shape.extra = 60;
  const Problem problem = samples::random_problem(shape, 3);
  RunControl control = cycles(20);
  const std::string one = text(observe(problem, control, {{"noise", "1"}}));
  EXPECT_EQ(text(observe(problem, control, {{"noise", "1"}})), one);
  control.seed = 8;
  EXPECT_NE(text(observe(problem, control, {{"noise", "1"}})), one);
}

TEST(FactorEngine, runs_exactly_the_cycles_it_was_asked_for) {
  Shape shape;
  shape.extra = 6;
  shape.variables = 12;
  const Problem problem = samples::random_problem(shape, 1);
  const std::vector<Setting> restless = {{"noise", "1"}};
  for (const std::uint64_t count : {1, 2, 3}) {
    const Observed seen = observe(problem, cycles(count), restless);
    EXPECT_EQ(seen.result.cycles, count);
    EXPECT_EQ(seen.result.end, RunEnd::cycle_limit);
    ASSERT_EQ(seen.reports.size(), count + 1);
    for (std::uint64_t i = 0; i <= count; ++i) EXPECT_EQ(seen.reports[i].cycle, i);
  }
}

TEST(FactorEngine, begins_at_initial_values_and_keeps_the_best_assignment_seen) {
  ProblemBuilder builder("chain", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1, 2});
  const VariableId a = builder.add_variable("a", d, 2), b = builder.add_variable("b", d, 1);
  builder.add_variable("alone", d, 1);
  builder.add_unary_costs(2, std::vector<double>{3, 2, 1});
  const VariableId scope[] = {a, b};
  builder.add_table_constraint("", scope, std::vector<double>{5, 6, 7, 4, 5, 6, 9, -1, 8});
  const Observed seen = observe(builder.build(), cycles(20));
  EXPECT_EQ(seen.reports.front().now.cost, -1 + 1);  // (2, 1), and what is alone takes its cheapest value
  EXPECT_EQ(seen.result.best_cycle, 0u);
  EXPECT_EQ(seen.result.best, (std::vector<ValueIndex>{2, 1, 2}));
  EXPECT_EQ(seen.result.last, (std::vector<ValueIndex>{2, 1, 2}));
}

TEST(FactorEngine, ends_at_once_without_factors) {
  Shape shape;
  shape.variables = 1;
  shape.isolated = 30;
  const Problem problem = samples::random_problem(shape, 2);
  const Observed seen = observe(problem, cycles(0), {{"noise", "1"}});
  EXPECT_EQ(seen.result.end, RunEnd::by_itself);
  EXPECT_EQ(seen.result.cycles, 0u);
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    std::vector<ValueIndex> other = seen.result.best;
    const double cost = problem.evaluate(other).cost;
    for (other[v] = 0; other[v] < problem.domain_size(v); ++other[v]) EXPECT_GE(problem.evaluate(other).cost, cost);
  }
  const Observed nobody = observe(ProblemBuilder("empty", Objective::minimise).build(), cycles(0));
  EXPECT_EQ(nobody.result.end, RunEnd::by_itself);
  EXPECT_TRUE(nobody.result.best.empty());
}

TEST(FactorEngine, counts_constants_but_not_preferences) {
  ProblemBuilder builder("constant", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  const VariableId scope[] = {builder.add_variable("a", d), builder.add_variable("b", d)};
  builder.add_table_constraint("", scope, std::vector<double>{1, 2, 3, 4});
  builder.add_external("e", d, 1);
  builder.add_expression("fixed", "e * 10");
  const Problem problem = builder.build();
  const Observed seen = observe(problem, cycles(5), {{"noise", "0.5"}});
  EXPECT_EQ(seen.reports.back().now.cost, 11);
  EXPECT_EQ(problem.evaluate(seen.result.last).cost, 11);
}

TEST(FactorEngine, costs_near_the_end_of_the_range_of_double_do_not_poison_messages) {
  ProblemBuilder builder("large", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  std::vector<VariableId> v;
  for (int i = 0; i < 3; ++i) v.push_back(builder.add_variable("", d));
  builder.add_table_constraint("", std::vector{v[0], v[1]}, std::vector<double>{1.5e308, -1.5e308, 1e308, 1.7e308});
  builder.add_table_constraint("", std::vector{v[1], v[2]}, std::vector<double>{1, infinite, 1e308, 3});
  const Observed seen = observe(builder.build(), cycles(10));
  EXPECT_EQ(seen.result.last, (std::vector<ValueIndex>{0, 1, 1}));
}

TEST(FactorEngine, stops_when_interrupted_late_or_without_progress) {
  Shape shape;
  shape.variables = 30;
  shape.extra = 60;
  const Problem problem = samples::random_problem(shape, 5);
  const std::vector<Setting> restless = {{"noise", "1"}};

  std::atomic<bool> interrupt{false};
  RunControl control = cycles(0);
  control.interrupt = &interrupt;
  control.on_cycle = [&](const CycleReport& report) { interrupt = report.cycle == 3; };
  const RunResult interrupted = run_factors(problem, min_sum, control, restless);
  EXPECT_EQ(interrupted.end, RunEnd::interrupted);
  EXPECT_EQ(interrupted.cycles, 4u);
  EXPECT_EQ(interrupted.best.size(), problem.variable_count());

  control = cycles(0);
  control.deadline = RunControl::Clock::now() + std::chrono::milliseconds(30);
  control.delay = 3600;
  const auto begin = RunControl::Clock::now();
  const RunResult late = run_factors(problem, min_sum, control, restless);
  EXPECT_EQ(late.end, RunEnd::deadline);
  EXPECT_EQ(late.best.size(), problem.variable_count());
  EXPECT_LT(RunControl::Clock::now() - begin, std::chrono::seconds(5));

  control = cycles(1000);
  control.patience = 3;
  const Observed patient = observe(problem, control, restless);
  ASSERT_EQ(patient.result.end, RunEnd::patience);
  EXPECT_EQ(patient.result.cycles, patient.result.best_cycle + 3);
  EXPECT_EQ(patient.reports.back().cycle, patient.result.cycles);
}

TEST(FactorEngine, enumerates_what_is_too_large_for_a_table) {
  const auto build = [](bool as_table) {
    ProblemBuilder builder("large", Objective::minimise, {.cells_per_table = std::size_t(1) << 23});
    std::vector<Value> values;
    for (std::int64_t i = 0; i < 164; ++i) values.emplace_back(i);
    const auto d = builder.add_domain("d", values);
    std::vector<VariableId> v;
    for (int i = 0; i < 4; ++i) v.push_back(builder.add_variable("", d));
    SparseTable sparse{3, 50, {}, {}};
    std::vector<double> cells(164 * 164 * 164, 50);
    for (ValueIndex i = 0; i < 160; ++i) {
      sparse.tuples.insert(sparse.tuples.end(), {i, (i * 7) % 164, (i * 5) % 164});
      sparse.costs.push_back(i == 80 ? infinite : (i * 37) % 41 + 1);
      cells[std::size_t((i * 164 + (i * 7) % 164) * 164 + (i * 5) % 164)] = sparse.costs.back();
    }
    const VariableId scope[] = {v[2], v[0], v[1]};
    if (as_table)
      builder.add_table_constraint("", scope, cells);
    else
      builder.add_sparse_constraint("", scope, sparse);
    std::vector<double> pair;
    for (int i = 0; i < 164 * 164; ++i) pair.push_back((i * 31) % 17);
    const VariableId rest[] = {v[3], v[0]};
    builder.add_table_constraint("", rest, pair);
    return builder.build();
  };
  const Observed table = observe(build(true), cycles(2)), sparse = observe(build(false), cycles(2));
  EXPECT_EQ(table.result.last, sparse.result.last);
  EXPECT_EQ(table.reports.back().now.cost, sparse.reports.back().now.cost);
  EXPECT_EQ(sparse.reports.back().now.violations, 0u);

  // The deadline ends an enumeration half way.
  RunControl control = cycles(0);
  control.deadline = RunControl::Clock::now() + std::chrono::milliseconds(50);
  const RunResult late = run_factors(build(false), min_sum, control, {});
  EXPECT_EQ(late.end, RunEnd::deadline);
  EXPECT_EQ(late.best.size(), 4u);
}

TEST(FactorEngine, refuses_what_nobody_can_enumerate) {
  ProblemBuilder builder("hopeless", Objective::minimise);
  std::vector<Value> values;
  for (std::int64_t i = 0; i < 1000; ++i) values.emplace_back(i);
  const auto d = builder.add_domain("d", values);
  std::vector<VariableId> scope;
  for (int i = 0; i < 4; ++i) scope.push_back(builder.add_variable("", d));
  builder.add_sparse_constraint("all_of_it", scope, SparseTable{4, 0, {1, 2, 3, 4}, {5}});
  try {
    run_factors(builder.build(), min_sum, cycles(1), {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::too_large);
    EXPECT_NE(std::string(error.what()).find("all_of_it"), std::string::npos) << error.what();
  }
}

TEST(FactorEngine, passes_on_what_a_lazy_cost_function_throws) {
  ProblemBuilder builder("lazy", Objective::minimise, {.cells_per_table = 10});
  std::vector<Value> values;
  for (std::int64_t i = 0; i < 6; ++i) values.emplace_back(i);
  const auto d = builder.add_domain("d", values);
  builder.add_variable("a", d);
  builder.add_variable("b", d);
  builder.add_expression("c", "1 // (a - b - 5)");
  EXPECT_THROW(run_factors(builder.build(), min_sum, cycles(1), {}), Error);
}

TEST(FactorEngine, a_constraint_nobody_can_satisfy_does_not_end_the_run) {
  ProblemBuilder builder("impossible", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  const VariableId scope[] = {builder.add_variable("a", d), builder.add_variable("b", d)};
  builder.add_table_constraint("never", scope, std::vector<double>(4, infinite));
  builder.add_table_constraint("cost", scope, std::vector<double>{4, 3, 2, 5});
  const Observed seen = observe(builder.build(), cycles(30));
  EXPECT_EQ(seen.result.best, (std::vector<ValueIndex>{1, 0}));
  EXPECT_EQ(seen.reports.back().best.cost, 2);
  EXPECT_EQ(seen.reports.back().best.violations, 1u);
}

}  // namespace
}  // namespace entente::runtime
