// SPDX-License-Identifier: MIT
// Of every registered algorithm: what it sends by type, and its constraint checks.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "entente/algorithm/registry.hpp"
#include "entente/solve.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;

class MessageTypes : public ::testing::TestWithParam<std::string> {};

TEST_P(MessageTypes, types_and_agents_add_up_and_rows_lead_to_the_end_on_any_number_of_threads) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Problem problem = make_random_problem(
        {.variables = 10, .degree = 2.4, .wide = seed % 2 ? 1u : 0u, .own_costs = 0.3, .hard = 0.1}, seed);
    const Algorithm& algorithm = find_algorithm(GetParam());
    if (algorithm.refuses && !algorithm.refuses(problem, {}).empty())
      problem = make_random_problem({.variables = 10, .degree = 2, .hard = 0.2, .satisfaction = true}, seed);
    SolveRequest request;
    request.algorithm = GetParam();
    request.stop_cycle = 30;
    request.seed = seed;
    Progress last;
    request.collect = Collect::cycle_change;
    request.on_collect = [&](const Progress& row) { last = row; };
    const Outcome one = solve(problem, request);
    MessageReport all;
    for (const MessageReport& type : one.message_types) {
      EXPECT_FALSE(type.name.empty());
      EXPECT_LE(type.largest, type.bytes) << type.name;
      EXPECT_LE(type.bytes, type.messages * type.largest) << type.name;
      all.messages += type.messages;
      all.bytes += type.bytes;
    }
    EXPECT_EQ(all.messages, one.messages) << "seed " << seed;
    EXPECT_EQ(all.bytes, one.message_bytes) << "seed " << seed;
    EXPECT_LE(last.messages, one.messages) << "seed " << seed;
    if (last.cycle && last.cycle == one.cycles && algorithm.info.timing == Timing::cycles) {
      EXPECT_EQ(last.messages, one.messages) << "seed " << seed;
      EXPECT_EQ(last.message_bytes, one.message_bytes) << "seed " << seed;
    }
    if (one.status != Status::infeasible && one.cycles > 0) {
      EXPECT_GT(one.checks, 0u) << "seed " << seed;
    }

    request.threads = 3;
    const Outcome three = solve(problem, request);
    EXPECT_EQ(one.checks, three.checks) << "seed " << seed;
    ASSERT_EQ(one.message_types.size(), three.message_types.size());
    for (std::size_t t = 0; t < one.message_types.size(); ++t) {
      EXPECT_EQ(one.message_types[t].name, three.message_types[t].name);
      EXPECT_EQ(one.message_types[t].messages, three.message_types[t].messages);
      EXPECT_EQ(one.message_types[t].bytes, three.message_types[t].bytes);
      EXPECT_EQ(one.message_types[t].largest, three.message_types[t].largest);
    }
  }
}

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const Algorithm& algorithm : algorithm_table()) list.emplace_back(algorithm.info.name);
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, MessageTypes, ::testing::ValuesIn(names()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace entente
