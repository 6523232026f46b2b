// SPDX-License-Identifier: MIT
// The checks and arrays behind ProblemBuilder.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "entente/base/suggest.hpp"
#include "problem/builder_state.hpp"
#include "problem/utf8.hpp"

namespace entente {

Place ProblemBuilder::State::at(const Place& place, std::string_view section, std::string_view name) {
  Place result = place;
  if (result.key.empty()) result.key = name.empty() ? std::string(section) : fmt::format("{}.{}", section, name);
  return result;
}

void ProblemBuilder::State::check_name(std::string_view name, const Place& place) const {
  std::uint32_t code = 0;
  for (std::string_view rest = name; !rest.empty();) {
    const std::size_t length = character_length(rest, code);
    if (length == 0) throw Error(ErrorCode::bad_input, place, "the name is no text in UTF-8");
    if (code < 0x20 || code == 0x85 || is_control(code))
      throw Error(ErrorCode::bad_input, place,
                  fmt::format("the name '{}' holds control characters; remove them", printable(std::string(name))));
    rest.remove_prefix(length);
  }
}

void ProblemBuilder::State::check_domain(std::uint32_t domain, const Place& place) const {
  if (domain >= data->domains.size())
    throw Error(ErrorCode::wrong_use, place,
                fmt::format("there is no domain number {}; the problem has {}", domain, data->domains.size()));
}

void ProblemBuilder::State::check_scope(std::span<const VariableId> scope, const Place& place) const {
  const auto fail = [&](const std::string& message) {
    throw Error(ErrorCode::bad_input, at(place, "constraints", {}), message);
  };
  for (const VariableId variable : scope)
    if (variable >= data->variable_count()) fail(fmt::format("there is no variable number {}", variable));
  const auto twice = [&](VariableId variable) {
    fail(fmt::format("variable {} is listed twice", printable(data->variable_names.name(variable))));
  };
  if (scope.size() <= 16) {
    for (std::size_t i = 0; i < scope.size(); ++i)
      for (std::size_t j = i + 1; j < scope.size(); ++j)
        if (scope[i] == scope[j]) twice(scope[i]);
    return;
  }
  std::vector<VariableId> sorted(scope.begin(), scope.end());
  std::ranges::sort(sorted);
  if (const auto same = std::ranges::adjacent_find(sorted); same != sorted.end()) twice(*same);
}

std::size_t ProblemBuilder::State::cell_count(std::span<const VariableId> scope) const {
  std::size_t cells = 1;
  for (const VariableId variable : scope)
    if (__builtin_mul_overflow(cells, static_cast<std::size_t>(data->domain_size[data->variable_domain[variable]]),
                               &cells))
      return too_many_cells;
  return cells;
}

std::vector<ValueIndex> ProblemBuilder::State::tuple_of(std::span<const VariableId> scope, std::size_t cell) const {
  std::vector<ValueIndex> tuple(scope.size());
  for (std::size_t k = scope.size(); k-- > 0;) {
    const auto size = static_cast<std::size_t>(data->domain_size[data->variable_domain[scope[k]]]);
    tuple[k] = static_cast<ValueIndex>(cell % size);
    cell /= size;
  }
  return tuple;
}

std::string ProblemBuilder::State::tuple_text(std::span<const VariableId> scope,
                                              std::span<const ValueIndex> tuple) const {
  std::string text;
  for (std::size_t k = 0; k < scope.size(); ++k) {
    const Domain& domain = data->domains[data->variable_domain[scope[k]]];
    text += fmt::format("{}{}={}", k ? ", " : "", printable(data->variable_names.name(scope[k])),
                        printable(to_text(domain.values[static_cast<std::size_t>(tuple[k])])));
    if (text.size() > 400) return text + ", …";
  }
  return text;
}

void ProblemBuilder::State::check_cells(std::span<const VariableId> scope, std::span<const double> cells,
                                        const Place& place) const {
  const std::size_t expected = cell_count(scope);
  if (cells.size() != expected)
    throw Error(ErrorCode::bad_input, at(place, "constraints", {}),
                fmt::format("the table has {} cells; its {} variables need {}", cells.size(), scope.size(),
                            expected == too_many_cells ? "more than can be counted" : fmt::format("{}", expected)));
  // A sum of comparisons has no branch, so that clean tables are checked at memory speed.
  std::size_t bad = 0;
  for (const double cost : cells) bad += cost != cost;
  if (bad == 0) return;
  const auto first = std::ranges::find_if(cells, [](double cost) { return std::isnan(cost); }) - cells.begin();
  throw Error(ErrorCode::bad_input, at(place, "constraints", {}),
              fmt::format("the cost for {} is not a number (NaN)",
                          tuple_text(scope, tuple_of(scope, static_cast<std::size_t>(first)))));
}

std::span<double> ProblemBuilder::State::open_table(std::size_t cells, const Place& place) {
  const std::size_t allowed = limits.table_bytes / sizeof(double);
  if (cells > allowed || data->cells.size() > allowed - cells)
    throw Error(ErrorCode::too_large, at(place, "constraints", {}),
                fmt::format("all cost tables together would need more than {} bytes", limits.table_bytes));
  return data->cells.extend(cells);
}

ProblemBuilder::TableId ProblemBuilder::State::close_table(const Place& place) {
  const TableId table = data->table_count();
  if (table >= FunctionReference::limit)
    throw Error(ErrorCode::too_large, at(place, "constraints", {}), "more than 1073741824 cost tables");
  data->table_first.push_back(data->cells.size());
  return table;
}

void ProblemBuilder::State::drop_table(std::size_t cells) { data->cells.shrink(data->cells.size() - cells); }

ConstraintId ProblemBuilder::State::add_constraint(std::string_view name, std::span<const VariableId> scope,
                                                   FunctionReference function, const Place& place) {
  const ConstraintId id = data->constraint_count();
  if (id == no_id - 1 || data->scope_items.size() + scope.size() >= no_id)
    throw Error(ErrorCode::too_large, at(place, "constraints", name),
                "more than 4294967294 constraints or variables in scopes");
  if (!name.empty()) check_name(name, at(place, "constraints", name));
  if (!data->constraint_names.add(name))
    throw Error(ErrorCode::bad_input, at(place, "constraints", name),
                fmt::format("constraint {} is defined twice", printable(std::string(name))));
  data->scope_items.append(scope);
  data->scope_first.push_back(static_cast<std::uint32_t>(data->scope_items.size()));
  data->function_of.push_back(function);
  return id;
}

ConstraintId ProblemBuilder::State::add_sparse(std::string_view name, std::span<const VariableId> scope,
                                               SparseTable table, const Place& place) {
  const Place here = at(place, "constraints", name);
  const std::size_t arity = scope.size(), count = table.costs.size();
  if (table.arity != arity || table.tuples.size() != count * arity || (arity == 0 && count > 1))
    throw Error(ErrorCode::bad_input, here,
                fmt::format("the sparse table does not fit its {} variables and {} costs", arity, count));
  const auto tuple = [&](std::size_t i) { return std::span(table.tuples).subspan(i * arity, arity); };
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < arity; ++k)
      if (tuple(i)[k] < 0 || tuple(i)[k] >= data->domain_size[data->variable_domain[scope[k]]])
        throw Error(ErrorCode::bad_input, here,
                    fmt::format("tuple {}: value number {} is not in the domain of {}", i, tuple(i)[k],
                                printable(data->variable_names.name(scope[k]))));
  const auto nan = std::ranges::find_if(table.costs, [](double cost) { return std::isnan(cost); });
  if (std::isnan(table.default_cost) || nan != table.costs.end())
    throw Error(ErrorCode::bad_input, here,
                nan == table.costs.end()
                    ? "the default cost is not a number (NaN)"
                    : fmt::format("the cost for {} is not a number (NaN)",
                                  tuple_text(scope, tuple(static_cast<std::size_t>(nan - table.costs.begin())))));

  const auto before = [&](std::size_t i, std::size_t j) {
    return std::ranges::lexicographical_compare(tuple(i), tuple(j));
  };
  bool sorted = true;
  for (std::size_t i = 1; sorted && i < count; ++i) sorted = before(i - 1, i);
  if (!sorted) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, before);
    SparseTable ordered{table.arity, table.default_cost, {}, {}};
    ordered.tuples.reserve(table.tuples.size());
    ordered.costs.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0 && std::ranges::equal(tuple(order[i - 1]), tuple(order[i])))
        throw Error(ErrorCode::bad_input, here,
                    fmt::format("the tuple {} is given twice", tuple_text(scope, tuple(order[i]))));
      const auto next = tuple(order[i]);
      ordered.tuples.insert(ordered.tuples.end(), next.begin(), next.end());
      ordered.costs.push_back(table.costs[order[i]]);
    }
    table = std::move(ordered);
  }
  const auto index = static_cast<std::uint32_t>(data->sparse.size());
  if (index >= FunctionReference::limit) throw Error(ErrorCode::too_large, here, "more than 1073741824 sparse tables");
  const ConstraintId id = add_constraint(name, scope, FunctionReference::of(FunctionKind::sparse, index), place);
  data->sparse.push_back(std::move(table));
  return id;
}

void ProblemBuilder::State::add_unary_costs(VariableId variable, std::span<const double> costs, const Place& place) {
  if (variable >= data->variable_count())
    throw Error(ErrorCode::wrong_use, at(place, "variables", {}),
                fmt::format("there is no variable number {}", variable));
  const auto here = [&] { return at(place, "variables", data->variable_names.name(variable)); };
  const Domain& domain = data->domains[data->variable_domain[variable]];
  if (costs.size() != domain.values.size())
    throw Error(ErrorCode::bad_input, here(),
                fmt::format("{} costs for {} values; expected one for each", costs.size(), domain.values.size()));
  if (data->unary_first.size() <= variable)
    data->unary_first.resize(static_cast<std::size_t>(variable) + 1, ProblemData::none);
  std::uint64_t& first = data->unary_first[variable];
  if (first == ProblemData::none) {
    first = data->unary_cells.size();
    data->unary_cells.resize(first + costs.size(), 0.0);
  }
  for (std::size_t value = 0; value < costs.size(); ++value) {
    double& cell = data->unary_cells[first + value];
    cell += costs[value];
    if (std::isnan(cell))
      throw Error(
          ErrorCode::bad_input, here(),
          fmt::format("the cost of the value {} is not a number (NaN)", printable(to_text(domain.values[value]))));
  }
}

void ProblemBuilder::State::unknown_variable(const std::string& name, const Place& place) const {
  Suggestion suggestion(name);
  for (VariableId v = 0; v < data->variable_count(); ++v) suggestion.consider(data->variable_names.name(v));
  for (const ExternalVariable& external : data->externals) suggestion.consider(external.name);
  throw Error(ErrorCode::bad_input, place, fmt::format("unknown variable {}{}", printable(name), suggestion.text()));
}

bool ProblemBuilder::State::is_computation(std::string_view name) const {
  return data->variable_names.find(name) || data->constraint_names.find(name);
}

void ProblemBuilder::State::require_agent(const std::string& name, const Place& place) const {
  if (agents.count(name)) return;
  Suggestion suggestion(name);
  for (const AgentDefinition& agent : data->agents) suggestion.consider(agent.name);
  throw Error(ErrorCode::bad_input, place, fmt::format("unknown agent {}{}", printable(name), suggestion.text()));
}

void ProblemBuilder::State::require_computation(const std::string& name, const Place& place) const {
  if (is_computation(name)) return;
  Suggestion suggestion(name);
  for (VariableId v = 0; v < data->variable_count(); ++v) suggestion.consider(data->variable_names.name(v));
  for (ConstraintId c = 0; c < data->constraint_count(); ++c) suggestion.consider(data->constraint_names.name(c));
  throw Error(
      ErrorCode::bad_input, place,
      fmt::format("unknown computation {}; expected a variable or a constraint{}", printable(name), suggestion.text()));
}

void ProblemBuilder::State::check_placement() const {
  const Placement& placement = data->placement;
  const auto number = [](double cost, const Place& place) {
    if (std::isnan(cost)) throw Error(ErrorCode::bad_input, place, "the cost is not a number (NaN)");
  };
  number(placement.default_route, Place{{}, 0, 0, "routes.default"});
  number(placement.default_hosting_cost, Place{{}, 0, 0, "hosting_costs.default"});
  for (const auto& [pair, cost] : placement.routes) {
    const Place place{{}, 0, 0, fmt::format("routes.{}.{}", pair.first, pair.second)};
    require_agent(pair.first, place);
    require_agent(pair.second, place);
    number(cost, place);
  }
  for (const auto& [agent, cost] : placement.agent_hosting_costs) {
    const Place place{{}, 0, 0, fmt::format("hosting_costs.{}", agent)};
    require_agent(agent, place);
    number(cost, place);
  }
  for (const auto& [pair, cost] : placement.computation_hosting_costs) {
    const Place place{{}, 0, 0, fmt::format("hosting_costs.{}.{}", pair.first, pair.second)};
    require_agent(pair.first, place);
    require_computation(pair.second, place);
    number(cost, place);
  }
  for (const auto& [agent, computations] : placement.must_host) {
    const Place place{{}, 0, 0, fmt::format("distribution_hints.must_host.{}", agent)};
    require_agent(agent, place);
    for (const std::string& computation : computations) require_computation(computation, place);
  }
  for (const auto& [computation, others] : placement.host_with) {
    const Place place{{}, 0, 0, fmt::format("distribution_hints.host_with.{}", computation)};
    require_computation(computation, place);
    for (const std::string& other : others) require_computation(other, place);
  }
}

void ProblemBuilder::State::link_variables() {
  // A counting sort: constraints are met by ascending id, so every list comes out sorted.
  const std::size_t variables = data->variable_count();
  data->incident_first.resize(variables + 1, 0);
  for (std::size_t i = 0; i < data->scope_items.size(); ++i)
    ++data->incident_first[data->scope_items[i] + std::size_t(1)];
  for (std::size_t v = 0; v < variables; ++v) data->incident_first[v + 1] += data->incident_first[v];
  data->incident_items.resize(data->scope_items.size(), 0);
  data->incident_items.trim();
  for (ConstraintId c = 0; c < data->constraint_count(); ++c)
    for (std::uint32_t i = data->scope_first[c]; i < data->scope_first[c + 1]; ++i)
      data->incident_items[data->incident_first[data->scope_items[i]]++] = c;
  for (std::size_t v = variables; v > 0; --v) data->incident_first[v] = data->incident_first[v - 1];
  data->incident_first[0] = 0;
  data->incident_first.trim();
}

}  // namespace entente
