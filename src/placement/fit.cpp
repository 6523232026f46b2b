// SPDX-License-Identifier: MIT
#include "placement/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "placement/integer_program.hpp"

namespace entente::placement {
namespace {

[[noreturn]] void fail(const std::string& message) { throw PlacementFailure(ErrorCode::bad_input, message); }

std::string agent(const PlacementModel& model, std::uint32_t a) {
  return fmt::format("'{}'", printable(model.agent_names[a]));
}

/// Heaviest first, each to the agent with most room.
std::optional<Hosts> deal_out(const PlacementModel& model, const Hosts& pins) {
  Hosts hosts = pins;
  Room room(model);
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < model.items(); ++i) {
    if (pins[i] == no_id)
      order.push_back(i);
    else
      room.put(i, pins[i]);
  }
  std::stable_sort(order.begin(), order.end(), [&](auto x, auto y) { return model.memory[x] > model.memory[y]; });
  // A heap of agents by room; those without a limit take turns.
  std::vector<std::uint32_t> used(model.agents(), 0), heap(model.agents());
  std::iota(heap.begin(), heap.end(), 0u);
  const auto less = [&](std::uint32_t a, std::uint32_t b) {
    if (room.left(a) != room.left(b)) return room.left(a) < room.left(b);
    return used[a] != used[b] ? used[a] > used[b] : a > b;
  };
  std::make_heap(heap.begin(), heap.end(), less);
  for (const std::uint32_t i : order) {
    std::pop_heap(heap.begin(), heap.end(), less);
    const std::uint32_t a = heap.back();
    if (!room.fits(i, a)) return std::nullopt;
    hosts[i] = a;
    room.put(i, a);
    ++used[a];
    std::push_heap(heap.begin(), heap.end(), less);
  }
  return hosts;
}

/// The factor by which all capacities would have to grow, from an integer program; 0 if that is not known in time.
double missing_factor(const PlacementModel& model, const Hosts& pins, double seconds, Hosts* hosts) {
  IntegerProgram program;
  const std::uint32_t factor = program.add_column(1, 0, IntegerProgram::infinity, false);
  std::vector<std::uint32_t> capacity(model.agents(), no_id);
  for (std::uint32_t a = 0; a < model.agents(); ++a) {
    if (model.capacity[a] == std::numeric_limits<double>::infinity() || model.capacity[a] <= 0) continue;
    capacity[a] = program.add_row(-IntegerProgram::infinity, 0);
    program.set(capacity[a], factor, -1);
  }
  struct Choice {
    std::uint32_t item, agent, column;
  };
  std::vector<Choice> choices;
  for (std::uint32_t i = 0; i < model.items(); ++i) {
    const std::uint32_t one = program.add_row(1, 1);
    for (std::uint32_t a = 0; a < model.agents(); ++a) {
      if ((pins[i] != no_id && pins[i] != a) || (model.capacity[a] <= 0 && model.memory[i] > 0)) continue;
      const std::uint32_t column = program.add_column(0, 0, 1, true);
      program.set(one, column, 1);
      if (capacity[a] != no_id) program.set(capacity[a], column, model.memory[i] / model.capacity[a]);
      choices.push_back({i, a, column});
    }
  }
  const IntegerSolution solution = program.solve(seconds);
  if (solution.values.empty()) return 0;
  hosts->assign(model.items(), no_id);
  for (const Choice& choice : choices)
    if (solution.values[choice.column] > 0.5) (*hosts)[choice.item] = choice.agent;
  return solution.proven ? solution.values[factor] : 0;
}

}  // namespace

void refuse_impossible(const PlacementModel& model, const Hosts& pins) {
  std::vector<double> pinned(model.agents(), 0);
  std::vector<std::uint32_t> count(model.agents(), 0);
  double needed = 0, there = 0;
  const double largest = *std::max_element(model.capacity.begin(), model.capacity.end());
  const std::uint32_t roomiest = static_cast<std::uint32_t>(
      std::max_element(model.capacity.begin(), model.capacity.end()) - model.capacity.begin());
  for (std::uint32_t a = 0; a < model.agents(); ++a) there += model.capacity[a];
  for (std::uint32_t i = 0; i < model.items(); ++i) {
    needed += model.memory[i];
    if (pins[i] != no_id) {
      pinned[pins[i]] += model.memory[i];
      ++count[pins[i]];
    } else if (model.memory[i] > largest * (1 + 1e-9) + 1e-9) {
      fail(fmt::format("{} need{} {:g} of capacity{}, and no agent has more than the {:g} of {}; raise a capacity{}",
                       model.name(i), model.members[i].size() == 1 ? "s" : "", model.memory[i],
                       model.members[i].size() == 1 ? "" : " on one agent", largest, agent(model, roomiest),
                       model.members[i].size() == 1 ? "" : ", or take away the host_with that keeps them together"));
    }
  }
  for (std::uint32_t a = 0; a < model.agents(); ++a) {
    if (pinned[a] <= model.capacity[a] * (1 + 1e-9) + 1e-9) continue;
    std::string names;
    for (std::uint32_t i = 0; i < model.items() && names.size() < 100; ++i)
      if (pins[i] == a) names += (names.empty() ? "" : ", ") + model.name(i);
    fail(
        fmt::format("{} must host {}, by the hint must_host or a hosting cost of 0; that needs {:g} of capacity, and "
                    "it has {:g}; raise its capacity or let something go",
                    agent(model, a), names, pinned[a], model.capacity[a]));
  }
  if (needed > there * (1 + 1e-9) + 1e-9)
    fail(
        fmt::format("all computations together need {:g} of capacity, and all agents together have {:g}; raise "
                    "capacities or add agents",
                    needed, there));
}

Hosts any_fit(const PlacementModel& model, const Hosts& pins, double seconds) {
  if (const auto hosts = deal_out(model, pins)) return *hosts;
  double total = 0;
  for (const double memory : model.memory) total += memory;
  Hosts hosts;
  double factor = 0;
  if (double(model.items()) * model.agents() <= 4e6) factor = missing_factor(model, pins, seconds, &hosts);
  if (!hosts.empty() && holds(model, hosts, pins)) return hosts;
  if (factor > 1)
    fail(
        fmt::format("no way of dealing the computations out keeps to every capacity and hint, although together they "
                    "need only {:g}; capacities {:.3g} times as large would do",
                    total, factor));
  fail(
      fmt::format("no placement within the capacities was found in {:g} seconds; raise capacities, or allow more time "
                  "with --timeout",
                  seconds));
}

}  // namespace entente::placement
