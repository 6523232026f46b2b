// SPDX-License-Identifier: MIT
// Small teams of COHDA participants for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/carriers/simulated.hpp"
#include "entente/participants/cohda.hpp"
#include "entente/problem/schedule_problem.hpp"

namespace entente::cohda {

/// Participants with ids 1, 2, … and these sets.
struct Team {
  std::vector<std::unique_ptr<CohdaParticipant>> participants;

  explicit Team(const std::vector<std::vector<Schedule>>& sets, ParticipantOptions options = {},
                const PerformanceFunction& performance = {}) {
    for (std::size_t i = 0; i < sets.size(); ++i)
      participants.push_back(create_cohda_participant(std::uint32_t(i + 1), sets[i], performance, options));
  }
  std::vector<Participant*> pointers() const {
    std::vector<Participant*> all;
    for (const auto& participant : participants) all.push_back(participant.get());
    return all;
  }
  template <class Options = InProcessOptions>
  RunReport run(std::vector<double> target, Options options = {}) const {
    const std::vector<Participant*> all = pointers();
    return start_distributed_optimization(all, create_cohda_start_message(std::move(target)), std::move(options));
  }
  std::uint64_t decides() const {
    std::uint64_t sum = 0;
    for (const auto& participant : participants) sum += participant->decides();
    return sum;
  }
  /// All hold the same candidate, which has everybody in it.
  bool agrees() const {
    for (const auto& participant : participants) {
      const auto& candidate = participant->memory().solution_candidate;
      if (!candidate || candidate->schedules().size() != participants.size()) return false;
      if (!(*candidate == *participants[0]->memory().solution_candidate)) return false;
    }
    return true;
  }
};

inline InProcessOptions latest_only() {
  InProcessOptions options;
  options.delivery = Delivery::latest;
  return options;
}
inline InProcessOptions over_bytes() {
  InProcessOptions options;
  options.through_bytes = true;
  return options;
}
inline SimulatedOptions late_links() {
  SimulatedOptions options;
  options.latency = Latency::uniform(0, 1);
  options.reorder = true;
  return options;
}

/// Whole numbers from 0 to 9, so that all sums are exact.
inline std::vector<std::vector<Schedule>> random_sets(std::uint64_t seed, std::size_t agents, std::size_t schedules,
                                                      std::size_t steps) {
  Random random(seed);
  std::vector<std::vector<Schedule>> sets(agents);
  for (auto& set : sets)
    for (std::size_t k = 0; k < schedules; ++k) {
      std::vector<double> values(steps);
      for (double& value : values) value = double(random.below(10));
      set.push_back(Schedule(std::move(values)));
    }
  return sets;
}

inline ScheduleProblem problem_of(const std::vector<std::vector<Schedule>>& sets, std::vector<double> target) {
  ScheduleProblem problem;
  problem.name = "sample";
  problem.weights.assign(target.size(), 1.0);
  problem.target = std::move(target);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    ScheduleAgent agent;
    agent.id = "a" + std::to_string(i + 1);
    agent.count = sets[i].size();
    for (const Schedule& schedule : sets[i])
      agent.schedules.insert(agent.schedules.end(), schedule.values().begin(), schedule.values().end());
    problem.agents.push_back(std::move(agent));
  }
  return problem;
}

}  // namespace entente::cohda
