// SPDX-License-Identifier: MIT
// What a selection of schedules adds up to and costs.
#include "entente/problem/schedule_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "entente/base/error.hpp"
#include "problem/compensated_sum.hpp"
#include "problem/refuse.hpp"

namespace entente {
namespace {

/// The position of the first number that is none; `numbers.size()` if there is none.
std::size_t first_not_finite(std::span<const double> numbers) {
  return std::size_t(std::ranges::find_if_not(numbers, [](double x) { return std::isfinite(x); }) - numbers.begin());
}

}  // namespace

std::vector<double> ScheduleProblem::aggregate(std::span<const std::uint32_t> choice) const {
  std::vector<CompensatedSum> sums(steps());
  for (std::size_t i = 0; i < agents.size(); ++i) {
    const std::span<const double> chosen = agents[i].schedule(choice[i], steps());
    for (std::size_t t = 0; t < chosen.size(); ++t) sums[t].add(chosen[t]);
  }
  std::vector<double> result(steps());
  for (std::size_t t = 0; t < result.size(); ++t) result[t] = sums[t].value();
  return result;
}

double ScheduleProblem::cost(std::span<const std::uint32_t> choice) const {
  const std::vector<double> sum = aggregate(choice);
  CompensatedSum total;
  for (std::size_t t = 0; t < sum.size(); ++t) total.add(weights[t] * std::abs(target[t] - sum[t]));
  return total.value();
}

void ScheduleProblem::check() const { check_problem(*this, refuse_without_place); }

void check_problem(const ScheduleProblem& problem, const Refuse& refuse_as) {
  const auto refuse = [&](const std::string& key, const std::string& message) {
    refuse_as(key, message, ErrorCode::bad_input);
  };
  const auto& [name, unit, hours, target, weights, agents, links] = problem;
  const std::size_t steps = target.size();
  if (target.empty()) refuse("target", "has no step; expected one number a step");
  if (weights.size() != steps)
    refuse("weights", fmt::format("has {} numbers, the target {}; expected as many", weights.size(), steps));
  const auto check_numbers = [&](std::span<const double> numbers, auto key) {
    if (const std::size_t at = first_not_finite(numbers); at < numbers.size())
      refuse(fmt::format("{}[{}]", key(), at), "is not finite; expected a number");
  };
  check_numbers(target, [] { return "target"; });
  check_numbers(weights, [] { return "weights"; });
  for (std::size_t t = 0; t < steps; ++t)
    if (weights[t] < 0)
      refuse(fmt::format("weights[{}]", t),
             fmt::format("is {}; expected 0 or more, a weight is no reward", weights[t]));
  if (agents.empty()) refuse("agents", "is empty; expected at least one agent");
  std::unordered_set<std::string_view> ids;
  for (std::size_t i = 0; i < agents.size(); ++i) {
    const ScheduleAgent& agent = agents[i];
    const std::string id = fmt::format("agents[{}].id", i), key = fmt::format("agents[{}].schedules", i);
    if (agent.id.empty()) refuse(id, "is empty; expected a name");
    if (!ids.insert(agent.id).second)
      refuse(id, fmt::format("'{}' is the id of another agent too; ids must differ", printable(agent.id)));
    if (agent.count == 0)
      refuse(key, fmt::format("agent '{}' has no schedule to choose; expected at least one", printable(agent.id)));
    if (agent.schedules.size() != agent.count * steps)
      refuse(key, fmt::format("agent '{}' has {} numbers; expected {} schedules of {} steps", printable(agent.id),
                              agent.schedules.size(), agent.count, steps));
    for (std::size_t s = 0; s < agent.count; ++s)
      check_numbers(agent.schedule(s, steps), [&] { return fmt::format("{}[{}]", key, s); });
  }
  for (std::size_t l = 0; l < links.size(); ++l)
    if (const auto [a, b] = links[l]; a >= agents.size() || b >= agents.size() || a == b)
      refuse(fmt::format("links[{}]", l),
             fmt::format("[{}, {}] does not link two of the {} agents", a, b, agents.size()));
}

}  // namespace entente
