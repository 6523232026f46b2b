// SPDX-License-Identifier: MIT
// ScheduleProblem: every agent chooses one of its schedules, so that together they meet a target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace entente {

/// An agent (a plant, a vehicle, a battery) and the schedules that it may choose from.
struct ScheduleAgent {
  std::string id;
  std::string kind;               ///< For people: `battery`, `chp`; may be empty.
  std::size_t count = 0;          ///< Schedules; at least one.
  std::vector<double> schedules;  ///< count x steps numbers, one schedule after the other.

  std::span<const double> schedule(std::size_t index, std::size_t steps) const {
    return {schedules.data() + index * steps, steps};
  }
};

/// Choose one schedule for each agent; minimise sum over t of weights[t] * |target[t] - sum over agents of s[t]|.
/// All numbers are finite, weights are not negative, ids are unique and not empty: readers and `check` see to it.
struct ScheduleProblem {
  std::string name;
  std::string unit;                   ///< Of the numbers, for people; may be empty.
  std::optional<double> dt_hours;     ///< Length of a step.
  std::vector<double> target;         ///< One number a step; at least one step.
  std::vector<double> weights;        ///< As many.
  std::vector<ScheduleAgent> agents;  ///< At least one.
  /// Optional: who hears whom, as pairs of positions in `agents`. Empty: everybody hears everybody.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> links;

  std::size_t steps() const { return target.size(); }
  /// Sum of the chosen schedules. `choice` holds one index for each agent.
  std::vector<double> aggregate(std::span<const std::uint32_t> choice) const;
  /// What a selection costs: the weighted distance of its aggregate from the target.
  double cost(std::span<const std::uint32_t> choice) const;
  /// Throws Error{bad_input} that names the agent or key where one of the promises above does not hold.
  void check() const;
};

}  // namespace entente
