// SPDX-License-Identifier: MIT
// A day of a virtual power plant.
#include <algorithm>
#include <array>
#include <cmath>

#include "entente/base/random.hpp"
#include "generate/options.hpp"

namespace entente {

using generate::check_range;

namespace {

/// Three decimals, so that files are short and sums come out even.
double rounded(double x) { return std::round(x * 1000) / 1000; }

/// Draws the schedules of agents. A day runs from 0 to 1; power that is fed in counts positive.
class Plant {
 public:
  Plant(const SchedulesOptions& options) : options_(options), random_(options.seed) {}

  ScheduleAgent agent(std::uint32_t index) {
    constexpr std::array kinds{"chp", "battery", "vehicle", "heat_pump", "solar"};
    const std::size_t kind = index % kinds.size();
    ScheduleAgent agent;
    agent.id = fmt::format("{}{:0{}}", kinds[kind], index, digits());
    agent.kind = kinds[kind];
    agent.count = options_.schedules_count;
    agent.schedules.reserve(std::size_t(options_.schedules_count) * options_.steps);
    const double size = between(2, 12);
    for (std::uint32_t s = 0; s < options_.schedules_count; ++s) append(kind, size, agent.schedules);
    return agent;
  }
  std::uint32_t below(std::uint32_t count) { return static_cast<std::uint32_t>(random_.below(count)); }

 private:
  double between(double low, double high) { return low + (high - low) * random_.uniform(); }
  int digits() const { return static_cast<int>(std::to_string(options_.agents_count - 1).size()); }

  void append(std::size_t kind, double size, std::vector<double>& schedules) {
    switch (kind) {
      case 0: return append_blocks({{between(0, 0.6), between(0.2, 0.5), size * between(0.6, 1)}}, schedules);
      case 1: {
        const double power = size * between(0.3, 1), length = between(0.08, 0.25);
        return append_blocks({{between(0, 0.45), length, -power}, {between(0.5, 0.75), length, 0.9 * power}},
                             schedules);
      }
      case 2: return append_blocks({{between(0, 0.3), between(0.1, 0.3), -size * between(0.5, 1)}}, schedules);
      case 3:
        return append_blocks({{between(0, 0.2), 0.12, -size * 0.6},
                              {between(0.3, 0.5), 0.12, -size * 0.6},
                              {between(0.6, 0.85), 0.12, -size * 0.6}},
                             schedules);
      default: return append_sunshine(size * between(0.2, 1), schedules);
    }
  }

  struct Block {
    double begin, length, power;
  };
  /// The power in a step is that of the blocks which the middle of the step lies in.
  void append_blocks(std::initializer_list<Block> blocks, std::vector<double>& schedules) {
    for (std::uint32_t t = 0; t < options_.steps; ++t) {
      const double middle = (t + 0.5) / options_.steps;
      double power = 0;
      for (const Block& block : blocks)
        if (middle >= block.begin && middle < block.begin + block.length) power += block.power;
      schedules.push_back(rounded(power));
    }
  }
  /// A parabola between sunrise and sunset, down to a share of what the sun would give.
  void append_sunshine(double peak, std::vector<double>& schedules) {
    constexpr double sunrise = 0.27, sunset = 0.8, width = sunset - sunrise;
    for (std::uint32_t t = 0; t < options_.steps; ++t) {
      const double middle = (t + 0.5) / options_.steps;
      const double height = 4 * (middle - sunrise) * (sunset - middle) / (width * width);
      schedules.push_back(rounded(peak * std::max(0.0, height)));
    }
  }

  const SchedulesOptions& options_;
  Random random_;
};

std::vector<double> mean_of_all(const ScheduleProblem& problem, std::size_t steps) {
  std::vector<double> mean(steps, 0.0);
  for (const ScheduleAgent& agent : problem.agents)
    for (std::size_t s = 0; s < agent.count; ++s)
      for (std::size_t t = 0; t < steps; ++t) mean[t] += agent.schedule(s, steps)[t] / double(agent.count);
  return mean;
}

}  // namespace

ScheduleProblem generate_schedules(const SchedulesOptions& options) {
  check_range("agents_count", options.agents_count, 1u, 100'000'000u);
  check_range("schedules_count", options.schedules_count, 1u, 100'000'000u);
  check_range("steps", options.steps, 1u, 100'000'000u);
  constexpr double most = 1 << 27;
  const double numbers = double(options.agents_count) * options.schedules_count * options.steps;
  if (numbers > most)
    throw Error(ErrorCode::too_large,
                fmt::format("{} agents with {} schedules of {} steps are {:.3g} numbers; at most "
                            "{:.3g} are made",
                            options.agents_count, options.schedules_count, options.steps, numbers, most));
  ScheduleProblem problem;
  problem.name =
      fmt::format("schedules_{}_{}_{}_{}", options.agents_count, options.schedules_count, options.steps, options.seed);
  problem.unit = "kW";
  problem.dt_hours = 24.0 / options.steps;
  problem.weights.assign(options.steps, 1.0);
  problem.target.assign(options.steps, 0.0);
  Plant plant(options);
  problem.agents.reserve(options.agents_count);
  for (std::uint32_t i = 0; i < options.agents_count; ++i) problem.agents.push_back(plant.agent(i));
  if (options.target == ScheduleTarget::planted) {
    std::vector<std::uint32_t> choice;
    for (std::uint32_t i = 0; i < options.agents_count; ++i) choice.push_back(plant.below(options.schedules_count));
    problem.target = problem.aggregate(choice);
    for (double& wanted : problem.target) wanted = rounded(wanted);
    return problem;
  }
  const std::vector<double> mean = mean_of_all(problem, options.steps);
  double level = 0, size = 0;
  for (const double x : mean) level += x / options.steps, size += std::abs(x) / options.steps;
  for (std::uint32_t t = 0; t < options.steps; ++t) {
    const double middle = (t + 0.5) / options.steps;
    const double bend = middle < 0.25 ? -0.2 : middle >= 0.5 && middle < 0.8 ? 0.2 : 0.0;
    problem.target[t] = rounded(options.target == ScheduleTarget::flat ? level : mean[t] + bend * size);
  }
  return problem;
}

}  // namespace entente
