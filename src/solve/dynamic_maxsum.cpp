// SPDX-License-Identifier: MIT
// Keeps factors with their whole tables, slices them at the external variables, and hands messages from run to run.
#include "entente/solve/dynamic_maxsum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "entente/algorithm/factor_population.hpp"
#include "entente/algorithm/registry.hpp"
#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"
#include "entente/problem/builder.hpp"
#include "kernel/factor_tables.hpp"
#include "runtime/better.hpp"
#include "runtime/factor_engine.hpp"

namespace entente {
namespace {

constexpr std::uint64_t most_cells = std::uint64_t(1) << 22;

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::wrong_use, message); }

}  // namespace

struct DynamicMaxSum::Model {
  struct Factor {
    std::string name;
    std::vector<VariableId> scope;  // of `whole`
    std::vector<double> costs;
    std::vector<runtime::EdgeMessages> said;  // by position among those of the scope that are not external
  };

  Problem whole;
  Options options;
  std::vector<ValueIndex> external;  // by variable of `whole`: its value, or no_value for a decision
  std::vector<VariableId> decision;  // by variable of `whole`: its number in `now`
  std::vector<Factor> factors;
  std::optional<Problem> now;    // absent after a change
  std::vector<ValueIndex> best;  // of `now`; empty after a change
  std::uint64_t cycles = 0;
  bool begun = false;

  Model(const Problem& problem, std::span<const std::string> externals, Options given)
      : whole(problem), options(std::move(given)), external(problem.variable_count(), no_value) {
    if (options.threads < 1 || options.threads > 1024)
      refuse(fmt::format("threads: {} is outside [1, 1024]", options.threads));
    find_algorithm("maxsum_dynamic").populate_factors(options.parameters);  // throws for what it refuses
    for (const std::string& name : externals) {
      const VariableId v = variable(name);
      external[v] = whole.initial_value(v);
      if (external[v] == no_value) refuse(fmt::format("external variable {} has no initial value", printable(name)));
      if (!whole.unary_costs(v).empty())
        refuse(fmt::format("external variable {} has costs of its own; give them to a factor", printable(name)));
    }
    decision.resize(whole.variable_count());
    VariableId next = 0;
    for (VariableId v = 0; v < whole.variable_count(); ++v) decision[v] = external[v] == no_value ? next++ : no_id;
    for (ConstraintId c = 0; c < whole.constraint_count(); ++c) {
      const auto scope = whole.scope(c);
      Factor factor{whole.constraint_name(c), {scope.begin(), scope.end()}, {}, {}};
      const std::uint64_t cells = cells_over(factor.scope);
      if (cells > most_cells)
        throw Error(ErrorCode::too_large, Place{{}, 0, 0, factor.name},
                    fmt::format("has more than {} tuples, which is too many for a problem that changes", most_cells));
      factor.costs.reserve(cells);
      kernel::for_each_tuple(whole, c, [&](std::span<const ValueIndex>, double cost) {
        factor.costs.push_back(cost);
        return true;
      });
      factors.push_back(std::move(factor));
    }
  }

  VariableId variable(std::string_view name) const {
    if (const auto found = whole.find_variable(name)) return *found;
    Suggestion suggestion{std::string(name)};
    for (VariableId v = 0; v < whole.variable_count(); ++v) suggestion.consider(whole.variable_name(v));
    refuse(fmt::format("the problem has no variable {}{}", printable(std::string(name)), suggestion.text()));
  }
  std::vector<Factor>::iterator find_factor(std::string_view name) {
    return std::find_if(factors.begin(), factors.end(), [&](const Factor& factor) { return factor.name == name; });
  }
  Factor& factor(std::string_view name) {
    const auto at = find_factor(name);
    if (at == factors.end()) refuse(fmt::format("there is no factor {}", printable(std::string(name))));
    return *at;
  }
  std::uint64_t cells_over(std::span<const VariableId> scope) const {
    std::uint64_t cells = 1;
    for (const VariableId v : scope) cells = std::min(most_cells + 1, cells * std::uint64_t(whole.domain_size(v)));
    return cells;
  }
  void check_costs(std::string_view name, std::span<const VariableId> scope, const std::vector<double>& costs) const {
    if (const std::uint64_t cells = cells_over(scope); costs.size() != cells)
      refuse(fmt::format("factor {} has {} costs; expected {}{}, one for each combination of values",
                         printable(std::string(name)), costs.size(), cells > most_cells ? "at most " : "",
                         std::min(cells, most_cells)));
  }
  void changed() {
    now.reset();
    best.clear();
  }

  void build() {
    ProblemBuilder builder(whole.name(), whole.objective());
    builder.set_infinity(whole.infinity());
    for (const Domain& domain : whole.domains()) builder.add_domain(domain.name, domain.values, domain.type);
    for (VariableId v = 0; v < whole.variable_count(); ++v) {
      if (external[v] != no_value) continue;
      // Later on, decisions follow from what was said.
      const ValueIndex initial = begun ? no_value : whole.initial_value(v);
      const VariableId id = builder.add_variable(whole.variable_name(v), whole.domain_id(v), initial);
      if (const auto costs = whole.unary_costs(v); !costs.empty()) builder.add_unary_costs(id, costs);
    }
    for (const Factor& factor : factors) add_slice(builder, factor);
    now.emplace(builder.build());
  }

  void add_slice(ProblemBuilder& builder, const Factor& factor) const {
    std::vector<VariableId> scope;
    for (const VariableId v : factor.scope)
      if (external[v] == no_value) scope.push_back(decision[v]);
    std::vector<double> costs;
    std::vector<ValueIndex> tuple(factor.scope.size(), 0);
    for (const double cost : factor.costs) {
      bool inside = true;
      for (std::size_t k = 0; k < tuple.size(); ++k)
        inside &= external[factor.scope[k]] == no_value || external[factor.scope[k]] == tuple[k];
      if (inside) costs.push_back(cost);
      for (std::size_t k = tuple.size(); k > 0 && ++tuple[k - 1] == whole.domain_size(factor.scope[k - 1]);)
        tuple[--k] = 0;
    }
    builder.add_table_constraint(factor.name, scope, costs);
  }

  State advance(std::uint64_t most) {
    if (!now) build();
    runtime::FactorMessages messages;
    if (begun)
      for (const Factor& factor : factors) messages.edges.push_back(factor.said);
    runtime::RunControl control;
    control.seed = options.seed;
    control.threads = options.threads;
    control.stop_cycle = most;
    const runtime::RunResult result =
        runtime::run_factors(*now, find_algorithm("maxsum_dynamic"), control, options.parameters, messages);
    begun = true;
    for (std::size_t f = 0; f < factors.size(); ++f) factors[f].said = std::move(messages.edges[f]);
    cycles += result.cycles;
    Evaluation evaluation = now->evaluate(result.best);
    if (best.empty() || runtime::better(evaluation, now->evaluate(best), now->objective()))
      best = result.best;
    else
      evaluation = now->evaluate(best);
    return {best, evaluation.cost, evaluation.violations, cycles, result.end == runtime::RunEnd::by_itself};
  }
};

DynamicMaxSum::DynamicMaxSum(const Problem& problem, std::span<const std::string> externals)
    : DynamicMaxSum(problem, externals, Options{}) {}
DynamicMaxSum::DynamicMaxSum(const Problem& problem, std::span<const std::string> externals, Options options)
    : model_(std::make_unique<Model>(problem, externals, std::move(options))) {}
DynamicMaxSum::~DynamicMaxSum() = default;
DynamicMaxSum::DynamicMaxSum(DynamicMaxSum&&) noexcept = default;
DynamicMaxSum& DynamicMaxSum::operator=(DynamicMaxSum&&) noexcept = default;

void DynamicMaxSum::set_external(std::string_view name, const Value& value) {
  const VariableId v = model_->variable(name);
  if (model_->external[v] == no_value)
    refuse(fmt::format("{} is not an external variable", printable(std::string(name))));
  const Domain& domain = model_->whole.domain(v);
  const ValueIndex index = domain.index_of(value);
  if (index == no_value)
    refuse(fmt::format("the value {} is not in domain {} of external variable {}", printable(to_text(value)),
                       printable(domain.name), printable(std::string(name))));
  if (index == model_->external[v]) return;
  model_->external[v] = index;
  model_->changed();
}

void DynamicMaxSum::add_factor(std::string_view name, std::span<const std::string> variables,
                               std::vector<double> costs) {
  if (name.empty()) refuse("a factor needs a name");
  if (model_->find_factor(name) != model_->factors.end())
    refuse(fmt::format("there is a factor {} already; change or remove it", printable(std::string(name))));
  Model::Factor factor{std::string(name), {}, std::move(costs), {}};
  for (const std::string& variable : variables) {
    const VariableId v = model_->variable(variable);
    if (std::find(factor.scope.begin(), factor.scope.end(), v) != factor.scope.end())
      refuse(fmt::format("factor {} has variable {} twice", printable(factor.name), printable(variable)));
    factor.scope.push_back(v);
  }
  model_->check_costs(name, factor.scope, factor.costs);
  model_->factors.push_back(std::move(factor));
  model_->changed();
}

void DynamicMaxSum::change_factor(std::string_view name, std::vector<double> costs) {
  Model::Factor& factor = model_->factor(name);
  model_->check_costs(name, factor.scope, costs);
  factor.costs = std::move(costs);
  model_->changed();
}

void DynamicMaxSum::remove_factor(std::string_view name) {
  model_->factor(name);  // throws if there is none
  model_->factors.erase(model_->find_factor(name));
  model_->changed();
}

DynamicMaxSum::State DynamicMaxSum::advance(std::uint64_t cycles) {
  if (cycles == 0) refuse("advance: 0 cycles; expected 1 or more");
  return model_->advance(cycles);
}

const Problem& DynamicMaxSum::problem() {
  if (!model_->now) model_->build();
  return *model_->now;
}

}  // namespace entente
