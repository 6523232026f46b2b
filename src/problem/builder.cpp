// SPDX-License-Identifier: MIT
// ProblemBuilder: what callers see. The checks are in builder_checks.cpp.
#include "entente/problem/builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "problem/builder_state.hpp"
#include "problem/utf8.hpp"

namespace entente {
namespace {

/// Values of a domain that `same_value` holds to be one, found in O(values).
struct ValueHash {
  std::size_t operator()(const Value* value) const {
    if (const auto* text = std::get_if<std::string>(value)) return std::hash<std::string>{}(*text);
    if (const auto* b = std::get_if<bool>(value)) return std::hash<double>{}(*b ? 1 : 0);
    if (const auto* i = std::get_if<std::int64_t>(value)) return std::hash<double>{}(static_cast<double>(*i));
    return std::hash<double>{}(std::get<double>(*value));
  }
};
struct SameValue {
  bool operator()(const Value* left, const Value* right) const { return same_value(*left, *right); }
};

void check_values(const std::vector<Value>& values, const Place& place) {
  std::unordered_set<const Value*, ValueHash, SameValue> seen(values.size());
  for (const Value& value : values) {
    if (const auto* number = std::get_if<double>(&value); number && std::isnan(*number))
      throw Error(ErrorCode::bad_input, place, "a value is not a number (NaN)");
    if (const auto* text = std::get_if<std::string>(&value); text && !is_utf8(*text))
      throw Error(ErrorCode::bad_input, place, "a value is no text in UTF-8");
    const auto [other, fresh] = seen.insert(&value);
    if (!fresh)
      throw Error(ErrorCode::bad_input, place,
                  fmt::format("the value {} is there twice{}", printable(to_text(value)),
                              (*other)->index() == value.index()
                                  ? std::string()
                                  : fmt::format(": as a number, {} is the same", printable(to_text(**other)))));
  }
}

}  // namespace

ProblemBuilder::ProblemBuilder(std::string name, Objective objective, BuildLimits limits)
    : state_(std::make_unique<State>()) {
  state_->limits = limits;
  state_->data->name = std::move(name);
  state_->data->objective = objective;
  state_->data->scope_first.push_back(0);
  state_->data->table_first.push_back(0);
}
ProblemBuilder::~ProblemBuilder() = default;
ProblemBuilder::ProblemBuilder(ProblemBuilder&&) noexcept = default;
ProblemBuilder& ProblemBuilder::operator=(ProblemBuilder&&) noexcept = default;

void ProblemBuilder::set_description(std::string text) { state_->data->description = std::move(text); }

void ProblemBuilder::set_infinity(double infinity) {
  if (std::isnan(infinity))
    throw Error(ErrorCode::wrong_use, Place{{}, 0, 0, "infinity"}, "not a number; expected a cost");
  state_->data->infinity = infinity;
}

void ProblemBuilder::set_cost_limit(double limit) {
  if (std::isnan(limit)) throw Error(ErrorCode::wrong_use, Place{{}, 0, 0, "limit"}, "not a number; expected a cost");
  state_->data->cost_limit = limit;
}

void ProblemBuilder::reserve(std::uint32_t variables, std::uint32_t constraints, std::size_t cells) {
  ProblemData& data = *state_->data;
  data.variable_domain.reserve(variables);
  data.scope_first.reserve(static_cast<std::size_t>(constraints) + 1);
  data.function_of.reserve(constraints);
  data.cells.reserve(std::min(cells, state_->limits.table_bytes / sizeof(double)));
}

std::uint32_t ProblemBuilder::add_domain(std::string name, std::vector<Value> values, std::string type,
                                         const Place& place) {
  ProblemData& data = *state_->data;
  const auto id = static_cast<std::uint32_t>(data.domains.size());
  if (name.empty()) name = fmt::format("d{}", id);
  const Place here = State::at(place, "domains", name);
  state_->check_name(name, here);
  if (values.empty()) throw Error(ErrorCode::bad_input, here, "the domain has no value; expected at least one");
  if (values.size() > state_->limits.domain_values)
    throw Error(
        ErrorCode::too_large, here,
        fmt::format("the domain has {} values; at most {} are allowed", values.size(), state_->limits.domain_values));
  check_values(values, here);
  if (!state_->domains.emplace(name, id).second)
    throw Error(ErrorCode::bad_input, here, fmt::format("domain {} is defined twice", printable(name)));
  data.domain_size.push_back(static_cast<ValueIndex>(values.size()));
  data.domains.push_back({std::move(name), std::move(type), std::move(values)});
  return id;
}

VariableId ProblemBuilder::add_variable(std::string_view name, std::uint32_t domain, ValueIndex initial,
                                        const Place& place) {
  ProblemData& data = *state_->data;
  const VariableId id = data.variable_count();
  const auto here = [&] { return State::at(place, "variables", name.empty() ? fmt::format("x{}", id) : name); };
  if (id == no_id - 1) throw Error(ErrorCode::too_large, here(), "more than 4294967294 variables");
  if (!name.empty()) {
    state_->check_name(name, here());
    if (!state_->externals.empty() && state_->externals.count(std::string(name)))
      throw Error(ErrorCode::bad_input, here(),
                  fmt::format("{} is both a variable and an external variable; give one another name",
                              printable(std::string(name))));
  }
  if (domain >= data.domains.size()) state_->check_domain(domain, here());
  if (initial != no_value && (initial < 0 || initial >= data.domain_size[domain]))
    throw Error(ErrorCode::bad_input, here(), "the initial value is not in the variable's domain");
  if (!data.variable_names.add(name))
    throw Error(ErrorCode::bad_input, here(),
                fmt::format("variable {} is defined twice", printable(std::string(name))));
  data.variable_domain.push_back(domain);
  if (!data.initial.empty() || initial != no_value) {
    data.initial.resize(id, no_value);
    data.initial.push_back(initial);
  }
  return id;
}

void ProblemBuilder::add_unary_costs(VariableId variable, std::span<const double> costs, const Place& place) {
  state_->add_unary_costs(variable, costs, place);
  state_->data->written_unary.erase(variable);
}

void ProblemBuilder::add_external(std::string name, std::uint32_t domain, ValueIndex value, const Place& place) {
  ProblemData& data = *state_->data;
  const Place here = State::at(place, "external_variables", name);
  state_->check_name(name, here);
  state_->check_domain(domain, here);
  if (name.empty()) throw Error(ErrorCode::bad_input, here, "an external variable needs a name");
  if (data.variable_names.find(name))
    throw Error(ErrorCode::bad_input, here,
                fmt::format("{} is both a variable and an external variable; give one another name", printable(name)));
  if (value < 0 || value >= data.domain_size[domain])
    throw Error(ErrorCode::bad_input, here, "an external variable needs an initial value from its domain");
  if (!state_->externals.emplace(name, static_cast<std::uint32_t>(data.externals.size())).second)
    throw Error(ErrorCode::bad_input, here, fmt::format("external variable {} is defined twice", printable(name)));
  data.externals.push_back({std::move(name), domain, value});
}

ProblemBuilder::TableId ProblemBuilder::add_table(std::span<const double> cells) {
  const Place place{{}, 0, 0, "table"};
  std::ranges::copy(cells, state_->open_table(cells.size(), place).begin());
  return state_->close_table(place);
}

ConstraintId ProblemBuilder::add_table_constraint(std::string_view name, std::span<const VariableId> scope,
                                                  std::span<const double> cells, const Place& place) {
  state_->check_scope(scope, place);
  state_->check_cells(scope, cells, place);
  std::ranges::copy(cells, state_->open_table(cells.size(), place).begin());
  const TableId table = state_->close_table(place);
  return state_->add_constraint(name, scope, FunctionReference::of(FunctionKind::table, table), place);
}

ConstraintId ProblemBuilder::add_table_constraint(std::string_view name, std::span<const VariableId> scope,
                                                  TableId table, const Place& place) {
  const ProblemData& data = *state_->data;
  state_->check_scope(scope, place);
  if (table >= data.table_count())
    throw Error(ErrorCode::wrong_use, State::at(place, "constraints", name), "there is no such table");
  const std::uint64_t first = data.table_first[table];
  state_->check_cells(scope, data.cells.part(first, data.table_first[table + 1] - first), place);
  return state_->add_constraint(name, scope, FunctionReference::of(FunctionKind::table, table), place);
}

ConstraintId ProblemBuilder::add_sparse_constraint(std::string_view name, std::span<const VariableId> scope,
                                                   SparseTable table, const Place& place) {
  state_->check_scope(scope, place);
  return state_->add_sparse(name, scope, std::move(table), place);
}

void ProblemBuilder::add_agent(AgentDefinition agent, const Place& place) {
  ProblemData& data = *state_->data;
  const Place here = State::at(place, "agents", agent.name);
  state_->check_name(agent.name, here);
  if (agent.name.empty()) throw Error(ErrorCode::bad_input, here, "an agent needs a name");
  if (agent.capacity && !(*agent.capacity >= 0))
    throw Error(ErrorCode::bad_input, here,
                fmt::format("capacity {} is not allowed; expected a number of at least 0", *agent.capacity));
  if (!state_->agents.emplace(agent.name, static_cast<std::uint32_t>(data.agents.size())).second)
    throw Error(ErrorCode::bad_input, here, fmt::format("agent {} is defined twice", printable(agent.name)));
  data.agents.push_back(std::move(agent));
}

Placement& ProblemBuilder::placement() { return state_->data->placement; }

std::uint32_t ProblemBuilder::variable_count() const { return state_->data->variable_count(); }
std::uint32_t ProblemBuilder::constraint_count() const { return state_->data->constraint_count(); }

std::optional<VariableId> ProblemBuilder::find_variable(std::string_view name) const {
  return state_->data->variable_names.find(name);
}

std::optional<ConstraintId> ProblemBuilder::find_constraint(std::string_view name) const {
  return state_->data->constraint_names.find(name);
}

std::optional<std::uint32_t> ProblemBuilder::find_domain(std::string_view name) const {
  const auto found = state_->domains.find(std::string(name));
  if (found == state_->domains.end()) return std::nullopt;
  return found->second;
}

const Domain& ProblemBuilder::domain(std::uint32_t id) const { return state_->data->domains[id]; }
std::uint32_t ProblemBuilder::domain_id(VariableId variable) const { return state_->data->variable_domain[variable]; }

Problem ProblemBuilder::build() {
  ProblemData& data = *state_->data;
  if (const auto item = data.variable_names.ambiguous())
    throw Error(ErrorCode::bad_input, State::at({}, "variables", data.variable_names.name(*item)),
                "another variable, without a name, is called the same by its position; name it");
  if (const auto item = data.constraint_names.ambiguous())
    throw Error(ErrorCode::bad_input, State::at({}, "constraints", data.constraint_names.name(*item)),
                "another constraint, without a name, is called the same by its position; name it");
  state_->check_placement();
  if (!data.initial.empty()) data.initial.resize(data.variable_count(), no_value);
  if (!data.unary_first.empty()) data.unary_first.resize(data.variable_count(), ProblemData::none);
  if (!data.written.empty()) data.written.resize(data.constraint_count(), no_id);
  state_->shared_functions.clear();
  data.variable_names.trim();
  data.constraint_names.trim();
  data.variable_domain.trim();
  data.initial.trim();
  data.unary_first.trim();
  data.unary_cells.trim();
  data.scope_first.trim();
  data.scope_items.trim();
  data.function_of.trim();
  data.table_first.trim();
  data.cells.trim();
  data.written.trim();
  data.written_expressions.trim();
  data.texts.trim();
  state_->link_variables();
  std::shared_ptr<const ProblemData> frozen = std::move(state_->data);
  return Problem(std::move(frozen));
}

}  // namespace entente
