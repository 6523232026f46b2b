// SPDX-License-Identifier: MIT
// The array-speed group against participants over a carrier, and what run_cohda promises.
#include "entente/participants/cohda_group.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "entente/base/error.hpp"
#include "participants/cohda/cohda_samples.hpp"
#include "participants/cohda_engine.hpp"

namespace entente {
namespace {

using cohda::problem_of;
using cohda::random_sets;
using cohda::Team;

CohdaOptions plain(CohdaDelivery delivery = CohdaDelivery::latest, bool batch = true) {
  CohdaOptions options;
  options.polish = options.bound = false;
  options.delivery = delivery;
  options.batch = batch;
  return options;
}

/// Runs both, and compares every agent's memory.
void expect_same(const ScheduleProblem& problem, const Team& team, CohdaDelivery delivery, const Topology& topology,
                 InProcessOptions carrier, const CohdaOptions& options) {
  carrier.topology = topology;
  const RunReport report = team.run(problem.target, carrier);
  const kernel::ScheduleTable table(problem);
  const CohdaLinks links = cohda_links(problem, options);
  CohdaEngine engine(table, links, delivery, false);
  engine.start(1);
  while (engine.step()) {
  }
  EXPECT_EQ(engine.counts().messages, report.messages);
  EXPECT_EQ(engine.counts().decides, team.decides());
  EXPECT_EQ(engine.counts().perceived, report.delivered);
  for (std::uint32_t i = 0; i < table.agents(); ++i) {
    const cohda::WorkingMemory& memory = team.participants[i]->memory();
    EXPECT_EQ(-engine.candidate(i)->distance, *memory.solution_candidate->perf);
    EXPECT_EQ(engine.candidate(i)->creator + 1, memory.solution_candidate->participant_id);
    for (std::uint32_t j = 0; j < table.agents(); ++j) {
      const auto schedule = problem.agents[j].schedule(engine.candidate(i)->choice[j], problem.steps());
      EXPECT_TRUE(std::ranges::equal(schedule, memory.solution_candidate->find(j + 1)->values()));
      EXPECT_EQ(engine.counter(i, j), memory.system_config.find(j + 1)->counter);
    }
  }
}

TEST(CohdaGroup, by_reference_does_what_live_participants_do_message_by_message) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const auto sets = random_sets(seed, 7, 5, 4);
    const ScheduleProblem problem = problem_of(sets, {28, 30, 33, 35});
    expect_same(problem, Team(sets, {.sending = cohda::Sending::live}), CohdaDelivery::reference, {}, {}, {});
    expect_same(problem, Team(sets, {.compat = true}), CohdaDelivery::reference, {}, {}, {});
  }
}

TEST(CohdaGroup, with_snapshots_does_what_participants_do_message_by_message) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto sets = random_sets(seed, 6, 4, 3);
    const ScheduleProblem problem = problem_of(sets, {28, 30, 33});
    expect_same(problem, Team(sets), CohdaDelivery::snapshots, {}, {}, {});
    CohdaOptions ring;
    ring.topology = CohdaTopology::ring;
    expect_same(problem, Team(sets), CohdaDelivery::snapshots, Topology::ring(6), {}, ring);
  }
}

TEST(CohdaGroup, with_latest_values_does_what_participants_do_message_by_message) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto sets = random_sets(seed, 8, 4, 3);
    const ScheduleProblem problem = problem_of(sets, {38, 40, 33});
    CohdaOptions small_world;
    small_world.topology = CohdaTopology::small_world;
    small_world.neighbours = 4;
    small_world.seed = seed;
    expect_same(problem, Team(sets, {.sending = cohda::Sending::snapshots}), CohdaDelivery::latest,
                Topology::small_world(8, 4, 0.1, seed), cohda::latest_only(), small_world);
  }
}

TEST(CohdaGroup, ends_with_all_agreed_on_every_topology_and_delivery) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    ScheduleProblem problem = problem_of(random_sets(seed, 300, 4, 3), {1300, 1350, 1400});
    for (std::uint32_t i = 1; i < 300; ++i) problem.links.push_back({i / 2, i});  // a tree
    const kernel::ScheduleTable table(problem);
    for (const CohdaTopology topology :
         {CohdaTopology::complete, CohdaTopology::ring, CohdaTopology::small_world, CohdaTopology::links})
      for (const bool batch : {true, false}) {
        if (topology == CohdaTopology::complete && !batch && seed > 1) continue;
        CohdaOptions options;
        options.topology = topology;
        options.seed = seed;
        const CohdaLinks links = cohda_links(problem, options);
        CohdaEngine engine(table, links, CohdaDelivery::latest, batch);
        engine.start(std::uint32_t(seed * 7));
        while (engine.step()) {
        }
        for (std::uint32_t i = 0; i < 300; ++i) {
          ASSERT_EQ(engine.candidate(i)->present, 300u);
          ASSERT_EQ(engine.candidate(i)->choice, engine.best()->choice);
        }
      }
  }
}

TEST(CohdaGroup, counts_and_costs_what_it_says) {
  const ScheduleProblem problem = problem_of(random_sets(3, 20, 6, 8), std::vector<double>(8, 80));
  for (const CohdaDelivery delivery : {CohdaDelivery::latest, CohdaDelivery::reference, CohdaDelivery::snapshots}) {
    const CohdaResult result = run_cohda(problem, plain(delivery, false));
    EXPECT_EQ(result.messages, result.decides * 19 + 1);
    EXPECT_EQ(result.cost, problem.cost(result.choice));
    EXPECT_EQ(result.cost, result.plain_cost);
    EXPECT_EQ(result.bound, 0);
    EXPECT_LE(result.perceived, result.messages);
    EXPECT_GT(result.bytes, 0u);
  }
}

TEST(CohdaGroup, is_the_same_for_the_same_seed) {
  const ScheduleProblem problem = problem_of(random_sets(5, 40, 6, 8), std::vector<double>(8, 170));
  CohdaOptions options;
  options.seed = 9;
  options.polish_work = options.bound_work = 100'000;
  const CohdaResult a = run_cohda(problem, options), b = run_cohda(problem, options);
  EXPECT_EQ(a.choice, b.choice);
  EXPECT_EQ(a.messages, b.messages);
  EXPECT_EQ(a.bound, b.bound);
}

TEST(CohdaGroup, of_one_agent_takes_its_best_schedule) {
  const CohdaResult result = run_cohda(problem_of({{{5, 5}, {1, 2}, {2, 2}}}, {2, 2}));
  EXPECT_EQ(result.choice, std::vector<std::uint32_t>{2});
  EXPECT_EQ(result.cost, 0);
  EXPECT_TRUE(result.optimal);
}

TEST(CohdaGroup, begins_with_any_agent) {
  const ScheduleProblem problem = problem_of(random_sets(6, 9, 5, 4), {40, 42, 44, 41});
  for (std::uint32_t start = 0; start < 9; ++start) {
    CohdaOptions options = plain();
    options.start = start;
    EXPECT_EQ(run_cohda(problem, options).status, CohdaStatus::ended);
  }
  CohdaOptions options = plain();
  options.start = 9;
  EXPECT_THROW(run_cohda(problem, options), Error);
}

TEST(CohdaGroup, names_an_agent_that_cannot_be_reached) {
  ScheduleProblem problem = problem_of(random_sets(1, 4, 2, 2), {5, 5});
  problem.links = {{0, 1}, {2, 3}};
  try {
    run_cohda(problem);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("to agent `a3`"), std::string::npos) << error.what();
  }
}

TEST(CohdaGroup, refuses_options_out_of_range) {
  const ScheduleProblem problem = problem_of(random_sets(1, 6, 2, 2), {5, 5});
  const auto refused = [&](auto change) {
    CohdaOptions options = plain();
    options.topology = CohdaTopology::small_world;
    change(options);
    try {
      run_cohda(problem, options);
      return false;
    } catch (const Error&) {
      return true;
    }
  };
  EXPECT_TRUE(refused([](CohdaOptions& o) { o.neighbours = 3; }));
  EXPECT_TRUE(refused([](CohdaOptions& o) { o.rewire = 1.5; }));
  EXPECT_TRUE(refused([](CohdaOptions& o) { o.deadline = -1; }));
  EXPECT_TRUE(refused([](CohdaOptions& o) { o.topology = CohdaTopology::links; }));
  EXPECT_FALSE(refused([](CohdaOptions& o) { o.neighbours = 4; }));
  EXPECT_FALSE(refused([](CohdaOptions& o) { o.neighbours = 1000; }));  // everybody then
}

TEST(CohdaGroup, returns_the_best_so_far_when_interrupted) {
  const ScheduleProblem problem = problem_of(random_sets(8, 200, 10, 24), std::vector<double>(24, 900));
  const std::atomic<bool> now = true;
  CohdaOptions options;
  options.interrupt = &now;
  const CohdaResult result = run_cohda(problem, options);
  EXPECT_EQ(result.status, CohdaStatus::interrupted);
  EXPECT_EQ(result.choice.size(), 200u);
  EXPECT_EQ(result.cost, problem.cost(result.choice));
  options.interrupt = nullptr;
  options.deadline = 1e-9;
  EXPECT_EQ(run_cohda(problem, options).status, CohdaStatus::interrupted);
}

TEST(CohdaGroup, lets_an_exception_of_the_progress_function_reach_the_caller) {
  CohdaOptions options;
  options.on_progress = [](const CohdaOptions::Progress&) { throw std::runtime_error("enough"); };
  EXPECT_THROW(run_cohda(problem_of(random_sets(8, 5, 3, 2), {9, 9}), options), std::runtime_error);
}

TEST(CohdaGroup, takes_numbers_of_any_size) {
  for (const double size : {1e-300, 1e-10, 1.0, 1e12, 1e250}) {
    const ScheduleProblem problem =
        problem_of({{{0, 3 * size}, {size, size}}, {{0, 0}, {size, 2 * size}}}, {2 * size, 3 * size});
    const CohdaResult result = run_cohda(problem);
    EXPECT_LE(result.cost, 1e-9 * size);
    EXPECT_LE(result.bound, result.cost);
  }
  const double huge = std::numeric_limits<double>::max();
  EXPECT_THROW(run_cohda(problem_of({{{huge, huge}}, {{huge, huge}}}, {1, 1})), Error);
  EXPECT_EQ(run_cohda(problem_of({{{0, 0}}, {{0, 0}}}, {0, 0})).cost, 0);
}

}  // namespace
}  // namespace entente
