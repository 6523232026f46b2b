// SPDX-License-Identifier: MIT
#include "placement/communication_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <optional>

#include "placement/fit.hpp"
#include "placement/greedy.hpp"
#include "placement/integer_program.hpp"

namespace entente::placement {
namespace {

constexpr double most_columns = 4e6;

class Program {
 public:
  Program(const Task& task, ProgramKind kind);
  std::optional<Hosts> hosts_of(const IntegerSolution& solution) const;
  double objective(const Hosts& hosts) const;
  /// Whether the agents that have to host something do.
  bool each_hosts(const Hosts& hosts) const;
  bool each_hosts() const { return !hosting_agents_.empty(); }

  IntegerProgram program;

 private:
  double route(std::uint32_t a, std::uint32_t b) const { return a == b ? 0 : kind_.routes ? model_.route(a, b) : 1; }
  void add_hosts();
  void add_link(std::uint32_t i, std::uint32_t j, double load);

  const PlacementModel& model_;
  const Task& task_;
  ProgramKind kind_;
  double communication_, hosting_;                  // weights
  std::vector<std::vector<std::uint32_t>> agents_;  // of each item: which may host it, ascending
  std::vector<std::uint32_t> first_column_;         // of each item; one for each of `agents_`
  std::vector<std::uint32_t> hosting_agents_;       // that have to host something
};

Program::Program(const Task& task, ProgramKind kind)
    : model_(task.model),
      task_(task),
      kind_(kind),
      communication_(kind.hosting ? task.options.communication_weight : 1),
      hosting_(kind.hosting ? task.options.hosting_weight : 0),
      agents_(task.model.items()) {
  const Room room(model_);
  const bool uniform = !kind_.routes || model_.uniform_routes;
  double columns = 0;
  for (std::uint32_t i = 0; i < model_.items(); ++i) {
    for (std::uint32_t a = 0; a < model_.agents(); ++a)
      if (task.pins[i] == a || (task.pins[i] == no_id && room.fits(i, a))) agents_[i].push_back(a);
    columns += double(agents_[i].size());
  }
  for (std::uint32_t i = 0; i < model_.items(); ++i)
    for (const auto& [j, load] : model_.links(i))
      if (i < j) columns += uniform ? double(model_.agents()) : double(agents_[i].size()) * double(agents_[j].size());
  if (columns > most_columns)
    throw Error(ErrorCode::too_large,
                fmt::format("an integer program of {:.3g} columns is needed to place {} computations on {} agents, and "
                            "{:.3g} are allowed; use heur_comhost, adhoc or partition",
                            columns, model_.computation_names.size(), model_.agents(), most_columns));
  add_hosts();
  for (std::uint32_t i = 0; i < model_.items(); ++i)
    for (const auto& [j, load] : model_.links(i))
      if (i < j) add_link(i, j, load);
}

void Program::add_hosts() {
  std::vector<std::uint32_t> capacity(model_.agents(), no_id), some(model_.agents(), no_id);
  std::vector<bool> can_host(model_.agents());
  for (const auto& agents : agents_)
    for (const std::uint32_t a : agents) can_host[a] = true;
  for (std::uint32_t a = 0; a < model_.agents(); ++a) {
    if (model_.capacity[a] < IntegerProgram::infinity) capacity[a] = program.add_row(-IntegerProgram::infinity, 1);
    if (!kind_.each_agent || !can_host[a] || model_.items() < model_.agents()) continue;
    some[a] = program.add_row(1, IntegerProgram::infinity);
    hosting_agents_.push_back(a);
  }
  for (std::uint32_t i = 0; i < model_.items(); ++i) {
    const std::uint32_t one = program.add_row(1, 1);
    first_column_.push_back(static_cast<std::uint32_t>(program.columns()));
    for (const std::uint32_t a : agents_[i]) {
      const std::uint32_t column = program.add_column(hosting_ * model_.hosting(i, a), 0, 1, true);
      program.set(one, column, 1);
      if (some[a] != no_id) program.set(some[a], column, 1);
      if (capacity[a] == no_id || model_.memory[i] <= 0) continue;
      program.set(capacity[a], column, model_.memory[i] / std::max(model_.capacity[a], 1e-9));
    }
  }
}

/// Both forms say with continuous columns where the two ends are: given whole hosts, each column is what it should be.
void Program::add_link(std::uint32_t i, std::uint32_t j, double load) {
  const auto &of_i = agents_[i], &of_j = agents_[j];
  const double weight = communication_ * load;
  if (!kind_.routes || model_.uniform_routes) {
    const double saved = weight * (kind_.routes ? model_.default_route : 1);
    for (std::size_t x = 0, y = 0; x < of_i.size() && y < of_j.size();) {
      if (of_i[x] != of_j[y]) {
        of_i[x] < of_j[y] ? ++x : ++y;
        continue;
      }
      const std::uint32_t both = program.add_column(-saved, 0, 1, false);
      for (const std::uint32_t column : {first_column_[i] + std::uint32_t(x), first_column_[j] + std::uint32_t(y)}) {
        const std::uint32_t row = program.add_row(-IntegerProgram::infinity, 0);
        program.set(row, both, 1);
        program.set(row, column, -1);
      }
      ++x, ++y;
    }
    return;
  }
  std::vector<std::uint32_t> at_j;
  for (std::size_t y = 0; y < of_j.size(); ++y) {
    at_j.push_back(program.add_row(0, 0));
    program.set(at_j.back(), first_column_[j] + std::uint32_t(y), -1);
  }
  for (std::size_t x = 0; x < of_i.size(); ++x) {
    const std::uint32_t at_i = program.add_row(0, 0);
    program.set(at_i, first_column_[i] + std::uint32_t(x), -1);
    for (std::size_t y = 0; y < of_j.size(); ++y) {
      const std::uint32_t pair = program.add_column(weight * route(of_i[x], of_j[y]), 0, 1, false);
      program.set(at_i, pair, 1);
      program.set(at_j[y], pair, 1);
    }
  }
}

std::optional<Hosts> Program::hosts_of(const IntegerSolution& solution) const {
  if (solution.values.empty()) return std::nullopt;
  Hosts hosts(model_.items(), no_id);
  for (std::uint32_t i = 0; i < model_.items(); ++i)
    for (std::size_t x = 0; x < agents_[i].size(); ++x)
      if (solution.values[first_column_[i] + x] > 0.5) hosts[i] = agents_[i][x];
  if (!holds(model_, hosts, task_.pins)) return std::nullopt;
  return hosts;
}

double Program::objective(const Hosts& hosts) const {
  double communication = 0, hosting = 0;
  for (std::uint32_t i = 0; i < model_.items(); ++i) {
    hosting += model_.hosting(i, hosts[i]);
    for (const auto& [j, load] : model_.links(i))
      if (i < j) communication += load * route(hosts[i], hosts[j]);
  }
  return communication_ * communication + hosting_ * hosting;
}

bool Program::each_hosts(const Hosts& hosts) const {
  std::vector<bool> hosts_some(model_.agents());
  for (const std::uint32_t a : hosts) hosts_some[a] = true;
  return std::all_of(hosting_agents_.begin(), hosting_agents_.end(), [&](std::uint32_t a) { return hosts_some[a]; });
}

}  // namespace

Placed place_exactly(const Task& task, ProgramKind kind) {
  const auto start = std::chrono::steady_clock::now();
  const Program asked(task, kind);
  Placed best;
  double lowest = IntegerProgram::infinity;
  const auto consider = [&](const std::optional<Hosts>& hosts) {
    if (!hosts || !holds(task.model, *hosts, task.pins) || !asked.each_hosts(*hosts)) return;
    const double objective = asked.objective(*hosts);
    if (objective < lowest) lowest = objective, best.hosts = *hosts;
  };
  PlacementOptions options = task.options;
  if (!kind.hosting) options.communication_weight = 1, options.hosting_weight = 0;
  const Task same{task.model, options, task.pins};
  std::vector<std::uint32_t> order(task.model.items());
  std::iota(order.begin(), order.end(), 0u);
  for (auto hosts : {cheapest_first(same), beside_neighbours(same, order)}) {
    consider(hosts);
    if (!hosts) continue;
    improve(same, *hosts);
    consider(hosts);
  }
  const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const IntegerSolution solution = asked.program.solve(task.options.timeout - spent);
  const std::optional<Hosts> found = asked.hosts_of(solution);
  consider(found);
  // A solution whose rounding breaks a capacity proves nothing.
  best.proven = solution.proven && found.has_value();
  best.timed_out = !best.proven;
  if (!best.hosts.empty() || task.model.items() == 0) return best;
  best.hosts = any_fit(task.model, task.pins, task.options.timeout);
  if (solution.proven && asked.each_hosts())
    throw PlacementFailure(ErrorCode::bad_input,
                           "this method has every agent host at least one computation, and no placement that does so "
                           "keeps to all capacities and hints; take agents away, or use oilp_cgdp or ilp_compref");
  if (!asked.each_hosts(best.hosts))
    throw PlacementFailure(ErrorCode::bad_input,
                           fmt::format("no placement in which every agent hosts at least one computation was found in "
                                       "{:g} seconds; allow more with --timeout, or use oilp_cgdp or ilp_compref",
                                       task.options.timeout));
  return best;
}

}  // namespace entente::placement
