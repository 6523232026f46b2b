// SPDX-License-Identifier: MIT
// Bytes that are no messages of a run: refused, never worse.
#include <gtest/gtest.h>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"
#include "runtime/remote_cycle_messages.hpp"
#include "runtime/remote_event_messages.hpp"
#include "runtime/remote_factor_messages.hpp"
#include "runtime/rest_tree.hpp"
#include "solve/remote_messages.hpp"
#include "solve/remote_support.hpp"
#include "solve/remote_work.hpp"

namespace entente {
namespace {

using testing::make_random_problem;
using testing::RandomProblem;

/// A job for the first of two agents, and messages that were said in such a run.
RemoteJob job_for(const std::string& algorithm, const Problem& problem, bool factors) {
  RemoteJob job;
  job.problem = describe_problem(problem, 0);
  job.algorithm = algorithm;
  job.stop_cycle = 20;
  job.memory = 1 << 26;
  job.addresses = {1, 2};
  const std::uint32_t count = problem.variable_count() + (factors ? problem.constraint_count() : 0);
  for (std::uint32_t i = 0; i < count; ++i) job.agent_of.push_back(i % 2);
  return job;
}

Content decoded(const Content& content, const std::vector<std::byte>& bytes) {
  static const ContentTypes types = [] {
    ContentTypes all;
    add_remote_messages(all);
    return all;
  }();
  try {
    return types.decode(content.type_name(), content.type_version(), bytes);
  } catch (const Error&) {
    return {};
  }
}

/// Content after a few bytes of it were changed; nothing if it cannot be read any more. What algorithms say inside
/// their messages stays as it is: they trust it, and carriers see to it that it arrives undamaged.
Content damaged(const Content& content, Random& random) {
  if (const auto* const events = content.get<runtime::EventBatch>(); events && !events->items.empty()) {
    runtime::EventBatch changed = *events;
    runtime::EventBatch::Item& item = changed.items[random.below(changed.items.size())];
    // Nobody, or somebody of the other agent (of two, which host computations in turn).
    const auto wrong = [&](std::uint32_t right) {
      return random.uniform() < 0.5 ? right ^ 1 : std::uint32_t(6 + random.below(1u << 31));
    };
    switch (random.below(4)) {
      case 0: item.to = wrong(item.to); break;
      case 1: item.from = wrong(item.from); break;
      case 2: item.kind = std::uint32_t(6 + random.below(1u << 31)); break;
      default: item.message.resize(item.message.size() + 1 + random.below(9)); break;
    }
    return changed;
  }
  std::vector<std::byte> bytes;
  content.encode(bytes);
  // A batch of a partition: the length, then the first message's head.
  const std::size_t reach =
      content.holds<runtime::CycleBatch>() ? std::min<std::size_t>(bytes.size(), 16) : bytes.size();
  for (std::uint64_t k = 1 + random.below(3); k > 0 && reach > 0; --k)
    bytes[random.below(reach)] = std::byte(random.below(256));
  if (random.uniform() < 0.1) bytes.resize(random.below(bytes.size() + 1));
  return decoded(content, bytes);
}

TEST(RemoteMessages, DamagedMessagesOfOtherAgentsAreRefusedOrHarmless) {
  std::size_t refused = 0, heard = 0;
  for (const auto& [algorithm, factors] : {std::pair{"dsa", false},
                                           {"mgm2", false},
                                           {"maxsum", true},
                                           {"adopt", false},
                                           {"dpop", false},
                                           {"amaxsum", true}})
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
      Random random(seed);
      const Problem problem = make_random_problem({.variables = 6, .degree = 3}, seed);
      const RemoteJob job = job_for(algorithm, problem, factors);
      // The second agent speaks; what it says reaches the first one damaged.
      std::vector<Content> under_way[2];
      std::unique_ptr<RemoteWork> works[2];
      for (std::uint32_t me = 0; me < 2; ++me) {
        runtime::RemotePart::Outlet outlet;
        outlet.send = [&under_way, me](std::uint32_t, Content content) {
          under_way[1 - me].push_back(std::move(content));
        };
        outlet.report = [](const Content&) {};
        works[me] = std::make_unique<RemoteWork>(job, me, std::vector<std::string>(), outlet);
      }
      for (auto& work : works) work->part().begin();
      try {
        for (int k = 0; k < 30; ++k)
          for (std::uint32_t me = 0; me < 2; ++me)
            for (const Content& content : std::exchange(under_way[me], {})) {
              const bool now = random.uniform() < 0.1;
              const Content other = now ? damaged(content, random) : content;
              if (other.empty()) continue;
              ++heard;
              works[me]->part().hear(1 - me, other);
            }
      } catch (const Error&) {
        ++refused;
      }
    }
  EXPECT_GT(refused, 50u);
  EXPECT_GT(heard, 1000u);
}

TEST(RemoteMessages, DamagedJobsAreRefusedOrRunnable) {
  std::size_t refused = 0;
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    Random random(seed);
    const Problem problem = make_random_problem({.variables = 5, .degree = 2, .wide = 1, .own_costs = 0.5}, seed % 7);
    const bool factors = seed % 3 == 0;
    const Content job = damaged(job_for(factors ? "maxsum" : seed % 3 == 1 ? "dsa" : "dpop", problem, factors), random);
    if (job.empty()) continue;
    try {
      runtime::RemotePart::Outlet outlet;
      outlet.send = [](std::uint32_t, const Content&) {};
      outlet.report = [](const Content&) {};
      RemoteJob changed = job.as<RemoteJob>();
      changed.memory = std::min<std::uint64_t>(changed.memory, 1 << 26);
      if (changed.addresses.empty()) continue;
      RemoteWork work(changed, 0, {}, outlet);
      work.part().begin();
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 20u);
}

TEST(RemoteMessages, AProblemIsTheSameOnTheOtherSide) {
  for (const RandomProblem& shape : std::vector<RandomProblem>{
           {.variables = 20, .mixed_domains = true, .wide = 3, .unary = 3, .own_costs = 0.4, .hard = 0.1},
           {.variables = 10, .fractional = true, .objective = Objective::maximise},
           {.variables = 1}}) {
    const Problem problem = make_random_problem(shape, 3);
    const Problem back = build_problem(describe_problem(problem, 0));
    ASSERT_EQ(back.variable_count(), problem.variable_count());
    ASSERT_EQ(back.constraint_count(), problem.constraint_count());
    EXPECT_EQ(back.objective(), problem.objective());
    for (VariableId v = 0; v < problem.variable_count(); ++v) {
      EXPECT_EQ(back.domain_size(v), problem.domain_size(v));
      EXPECT_EQ(back.initial_value(v), problem.initial_value(v));
      EXPECT_TRUE(std::ranges::equal(back.unary_costs(v), problem.unary_costs(v)));
    }
    for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
      EXPECT_TRUE(std::ranges::equal(back.scope(c), problem.scope(c)));
      EXPECT_EQ(back.function(c).kind, problem.function(c).kind);
      EXPECT_TRUE(std::ranges::equal(back.function(c).cells, problem.function(c).cells));
    }
  }
}

TEST(RemoteMessages, AJobNamesAlgorithmsAndNeverFiles) {
  const Problem problem = make_random_problem({.variables = 4}, 1);
  for (const char* const name : {"/lib/evil.so", "./dsa.so", "nothing", ""}) {
    RemoteJob job = job_for("dsa", problem, false);
    job.algorithm = name;
    try {
      RemoteWork work(job, 0, {}, {});
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("this agent has no algorithm"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace entente
