// SPDX-License-Identifier: MIT
// Thousands of runs over links that delay and reorder: every one ends, and not before all agree.
#include <gtest/gtest.h>

#include "entente/carriers/simulated.hpp"
#include "participants/cohda/cohda_samples.hpp"

namespace entente::cohda {
namespace {

SimulatedOptions links(std::uint64_t seed, std::size_t agents) {
  SimulatedOptions options;
  options.seed = seed;
  options.latency = seed % 3 == 0 ? Latency::exponential(0.1) : Latency::uniform(0.001, 1);
  options.reorder = seed % 2 == 0;
  if (seed % 5 == 0) options.topology = Topology::ring(agents);
  options.start_from = Address{1};
  options.start_to = Address{std::uint32_t(1 + seed % agents)};
  return options;
}

void run_some(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seed = first; seed < last; ++seed) {
    const std::size_t agents = 2 + seed % 4;
    const Team team(random_sets(seed, agents, 3, 2),
                    {.sending = seed % 7 == 0 ? Sending::snapshots : Sending::changes});
    const RunReport report = team.run({double(4 * agents), double(5 * agents)}, links(seed, agents));
    ASSERT_EQ(report.end, RunEnd::quiet) << seed;
    ASSERT_TRUE(team.agrees()) << seed;
  }
}

TEST(CohdaTermination, is_exact_in_the_first_5000_simulated_runs) { run_some(0, 5000); }
TEST(CohdaTermination, is_exact_in_the_next_5000_simulated_runs) { run_some(5000, 10000); }

TEST(CohdaTermination, is_exact_where_reliable_links_lose_and_repeat) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Team team(random_sets(seed, 4, 4, 3));
    SimulatedOptions options = links(seed, 4);
    options.loss = 0.2;
    options.duplicate = 0.1;
    options.reliable = true;
    ASSERT_EQ(team.run({18, 18, 18}, options).end, RunEnd::quiet);
    ASSERT_TRUE(team.agrees()) << seed;
  }
}

TEST(CohdaTermination, is_exact_over_bytes_and_over_latest_values) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Team bytes(random_sets(seed, 5, 4, 3)), latest(random_sets(seed, 5, 4, 3), {.sending = Sending::snapshots}),
        gaps(random_sets(seed, 5, 4, 3));
    bytes.run({20, 22, 18}, over_bytes());
    latest.run({20, 22, 18}, latest_only());
    gaps.run({20, 22, 18}, latest_only());
    EXPECT_TRUE(bytes.agrees() && latest.agrees() && gaps.agrees()) << seed;
  }
}

}  // namespace
}  // namespace entente::cohda
