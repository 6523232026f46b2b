// SPDX-License-Identifier: MIT
// Messages survive encode and decode: runs give the same result when every message passes through bytes.
#include <gtest/gtest.h>

#include <cstring>

#include "entente/algorithm/registry.hpp"
#include "entente/solve.hpp"
#include "kernel/local_costs.hpp"
#include "runtime/local_barrier.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;
using testing::RandomProblem;

std::vector<RandomProblem> shapes() {
  return {{.variables = 7, .degree = 3},
          {.variables = 7, .degree = 2, .own_costs = 0.5, .fractional = true},
          {.variables = 7, .degree = 3, .hard = 0.1},
          {.variables = 7, .mixed_domains = true, .degree = 2, .wide = 2, .unary = 3, .own_costs = 0.3},
          {.variables = 7, .degree = 3, .own_costs = 0.3, .objective = Objective::maximise}};
}

std::string refusal(const Algorithm& algorithm, const Problem& problem) {
  return algorithm.refuses ? algorithm.refuses(problem, {}) : "";
}

class ThroughBytes : public ::testing::TestWithParam<std::string> {};

TEST_P(ThroughBytes, GivesTheSameResult) {
  const Algorithm& algorithm = find_algorithm(GetParam());
  if (algorithm.info.timing != Timing::events) return;  // see below
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    const Problem problem = make_random_problem(shapes()[seed % shapes().size()], seed);
    if (!refusal(algorithm, problem).empty()) continue;
    SolveRequest request;
    request.algorithm = algorithm.info.name;
    request.seed = seed;
    request.stop_cycle = 40;
    const Outcome plain = solve(problem, request);
    request.through_bytes = true;
    const Outcome bytes = solve(problem, request);
    EXPECT_EQ(plain.status, bytes.status) << "seed " << seed;
    EXPECT_EQ(plain.assignment, bytes.assignment) << "seed " << seed;
    EXPECT_EQ(plain.cost, bytes.cost) << "seed " << seed;
    EXPECT_EQ(plain.bound, bytes.bound) << "seed " << seed;
    EXPECT_EQ(plain.cycles, bytes.cycles) << "seed " << seed;
    EXPECT_EQ(plain.messages, bytes.messages) << "seed " << seed;
    EXPECT_EQ(plain.message_bytes, bytes.message_bytes) << "seed " << seed;
  }
}

/// Runs in `parts` that exchange nothing but bytes.
std::vector<ValueIndex> in_parts(const Problem& problem, const Algorithm& algorithm, std::uint64_t seed,
                                 std::uint32_t parts) {
  const kernel::LocalCosts costs(problem);
  std::vector<std::uint32_t> part_of(problem.variable_count());
  for (VariableId v = 0; v < part_of.size(); ++v) part_of[v] = v % parts;
  std::vector<std::pair<std::uint32_t, std::vector<std::byte>>> post;
  std::vector<std::unique_ptr<runtime::Partition>> all;
  for (std::uint32_t p = 0; p < parts; ++p)
    all.push_back(std::make_unique<runtime::Partition>(
        problem, costs, algorithm, std::span<const Setting>{}, seed, 12, part_of, p,
        [&](std::uint32_t to, std::span<const std::byte> batch) {
          post.emplace_back(to, std::vector<std::byte>(batch.begin(), batch.end()));
        }));
  for (auto& part : all) part->start();
  while (!post.empty()) {
    const auto [to, batch] = std::move(post.front());
    post.erase(post.begin());
    all[to]->deliver(batch);
  }
  std::vector<ValueIndex> values(problem.variable_count());
  for (auto& part : all) part->decisions(values);
  return values;
}

TEST_P(ThroughBytes, PartsThatExchangeBytesDecideAsOneDoes) {
  const Algorithm& algorithm = find_algorithm(GetParam());
  if (algorithm.info.timing != Timing::cycles || algorithm.info.graph != Graph::constraint) return;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Problem problem = make_random_problem(shapes()[seed % shapes().size()], seed);
    if (!refusal(algorithm, problem).empty()) continue;
    EXPECT_EQ(in_parts(problem, algorithm, seed, 1), in_parts(problem, algorithm, seed, 3)) << "seed " << seed;
  }
}

std::vector<std::string> all_names() {
  std::vector<std::string> list;
  for (const Algorithm& algorithm : algorithm_table()) list.emplace_back(algorithm.info.name);
  return list;
}

INSTANTIATE_TEST_SUITE_P(Algorithms, ThroughBytes, ::testing::ValuesIn(all_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace entente
