// SPDX-License-Identifier: MIT
// Termination: the token says that all is done when it is, and not before.
#include "kernel/termination.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "entente/base/random.hpp"

namespace entente {
namespace {

/// Agents that give each other work, less and less; messages arrive in any order. Returns what went wrong, if anything.
const char* run(std::uint64_t seed) {
  struct Agent {
    Termination part;
    int work = 0;
  };
  Random random(seed);
  std::vector<Agent> agents(2 + random.below(5));
  struct Message {
    std::size_t to;
    int work;
  };
  std::vector<Message> underway;
  std::size_t holder = 0, rounds = 0;
  bool begun = false;
  TerminationToken token;
  for (Agent& agent : agents) agent.work = int(random.below(30));
  for (int step = 0; step < 100'000; ++step) {
    const auto i = std::size_t(random.below(agents.size()));
    Agent& agent = agents[i];
    const auto choice = random.below(3);
    if (choice == 0 && agent.work > 0) {  // passes on some of its work
      const int part = --agent.work > 0 ? 1 + int(random.below(std::uint64_t(agent.work))) : 0;
      agent.work -= part;
      agent.part.sent();
      underway.push_back({std::size_t(random.below(agents.size())), part});
    } else if (choice == 1 && !underway.empty()) {
      const auto at = std::size_t(random.below(underway.size()));
      const Message message = underway[at];
      underway.erase(underway.begin() + std::ptrdiff_t(at));
      agents[message.to].part.received();
      agents[message.to].work += message.work;
    } else if (choice == 2 && i == holder && agent.work == 0) {
      if (i != 0) {
        token = agent.part.pass(token);
        holder = (i + 1) % agents.size();
        continue;
      }
      if (begun && agent.part.proven(token)) {
        for (const Agent& other : agents)
          if (other.work > 0) return "somebody has work left";
        return underway.empty() ? "" : "a message is under way";
      }
      if (++rounds > 2000) return "it goes around for ever";
      begun = true;
      token = agent.part.begin();
      holder = 1 % agents.size();
    }
  }
  return "it does not end";
}

TEST(Termination, IsFoundWhenAllIsDoneAndNotBefore) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) EXPECT_STREQ(run(seed), "") << "seed " << seed;
}

}  // namespace
}  // namespace entente
