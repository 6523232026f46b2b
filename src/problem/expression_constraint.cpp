// SPDX-License-Identifier: MIT
// Cost functions given as text: compiled, bound to the problem's names, and tabulated where that is small enough.
#include <fmt/format.h>

#include <algorithm>

#include "entente/base/suggest.hpp"
#include "expression/expression.hpp"
#include "problem/builder_state.hpp"

namespace entente {
namespace {

// Beyond this many different functions the search for equal ones would cost more memory than it saves.
constexpr std::size_t most_shared_functions = 1'000'000;

/// A cost function whose table would be too large: the expression is evaluated for each tuple.
class ExpressionFunction final : public LazyFunction {
 public:
  /// `slots[k]` is the position of scope member k among `arguments`; the other arguments are fixed.
  ExpressionFunction(expression::Expression expression, std::vector<Value> arguments, std::vector<std::size_t> slots,
                     std::vector<std::uint32_t> domains, const ProblemData& data)
      : expression_(std::move(expression)),
        arguments_(std::move(arguments)),
        slots_(std::move(slots)),
        domains_(std::move(domains)),
        data_(data) {}

  double cost(std::span<const ValueIndex> tuple) const override {
    std::vector<Value> arguments = arguments_;
    for (std::size_t k = 0; k < slots_.size(); ++k)
      arguments[slots_[k]] = data_.domains[domains_[k]].values[static_cast<std::size_t>(tuple[k])];
    return expression_.cost(arguments);
  }

 private:
  expression::Expression expression_;
  std::vector<Value> arguments_;
  std::vector<std::size_t> slots_;
  std::vector<std::uint32_t> domains_;
  const ProblemData& data_;  // owns this object
};

/// An expression's names, tied to the problem.
struct Binding {
  std::vector<VariableId> scope;
  std::vector<std::size_t> slots;               // position of scope[k] among the names
  std::vector<std::uint32_t> domains;           // of scope[k]
  std::vector<std::span<const Value>> choices;  // per name: its domain, or the one value it is fixed at
  std::string shape;                            // equal for bindings to the same choices
};

void fix(Binding& binding, const Value& value) {
  binding.choices.emplace_back(&value, 1);
  binding.shape += fmt::format(" ={}:{}:", value.index(), to_text(value).size());
  binding.shape += to_text(value);
}

Binding bind(const ProblemBuilder::State& state, const expression::Expression& expression,
             const ExpressionContext& context, const Place& place) {
  const ProblemData& data = *state.data;
  Binding binding;
  for (std::size_t slot = 0; slot < expression.names().size(); ++slot) {
    const std::string& name = expression.names()[slot];
    const auto frozen = std::ranges::find(context.partial, name, &std::pair<std::string, Value>::first);
    if (frozen != context.partial.end()) {
      fix(binding, frozen->second);
    } else if (const auto variable = data.variable_names.find(name)) {
      const std::uint32_t domain = data.variable_domain[*variable];
      binding.scope.push_back(*variable);
      binding.slots.push_back(slot);
      binding.domains.push_back(domain);
      binding.choices.emplace_back(data.domains[domain].values);
      binding.shape += fmt::format(" {}", domain);
    } else if (const auto external = state.externals.find(name); external != state.externals.end()) {
      const ExternalVariable& given = data.externals[external->second];
      fix(binding, data.domains[given.domain].values[static_cast<std::size_t>(given.value)]);
    } else {
      state.unknown_variable(name, place);
    }
  }
  return binding;
}

void remember_text(ProblemData& data, ConstraintId constraint, std::string_view text,
                   const ExpressionContext& context) {
  WrittenExpression written{data.texts.size(), static_cast<std::uint32_t>(text.size()), no_id};
  data.texts.append({text.data(), text.size()});
  if (!context.source.empty() || !context.partial.empty()) {
    written.details = static_cast<std::uint32_t>(data.details.size());
    data.details.push_back({context.source, context.partial});
  }
  data.written.resize(constraint, no_id);
  data.written.push_back(static_cast<std::uint32_t>(data.written_expressions.size()));
  data.written_expressions.push_back(written);
}

}  // namespace

ConstraintId ProblemBuilder::State::add_expression(std::string_view name, std::string_view text,
                                                   const ExpressionContext& context, const Place& place) {
  const Place here = at(place, "constraints", name);
  const auto expression = expression::Expression::compile(text, context.library, here);
  for (const auto& [frozen, value] : context.partial)
    if (std::ranges::find(expression.names(), frozen) == expression.names().end()) {
      Suggestion suggestion(frozen);
      for (const std::string& other : expression.names()) suggestion.consider(other);
      throw Error(
          ErrorCode::bad_input, here,
          fmt::format("partial fixes {}, which the function does not use{}", printable(frozen), suggestion.text()));
    }
  Binding binding = bind(*this, expression, context, here);

  std::string key = fmt::format("{} {}", static_cast<const void*>(context.library.get()), binding.shape);
  key += '\n';
  key += expression.signature();
  FunctionReference function{};
  if (const auto same = shared_functions.find(key); same != shared_functions.end()) {
    function = same->second;
  } else {
    if (const std::size_t cells = cell_count(binding.scope); cells <= limits.cells_per_table) {
      const std::span<double> table = open_table(cells, here);
      try {
        expression.tabulate(binding.choices, table);
      } catch (...) {
        drop_table(cells);
        throw;
      }
      function = FunctionReference::of(FunctionKind::table, close_table(here));
    } else {
      std::vector<Value> arguments;
      for (const auto& choice : binding.choices) arguments.push_back(choice[0]);
      auto lazy = std::make_unique<ExpressionFunction>(expression, std::move(arguments), binding.slots,
                                                       std::move(binding.domains), *data);
      // One evaluation, so that a function that works nowhere is an error of the file and not of a later run.
      lazy->cost(std::vector<ValueIndex>(binding.scope.size(), 0));
      if (data->lazy.size() >= FunctionReference::limit)
        throw Error(ErrorCode::too_large, here, "more than 1073741824 cost functions");
      function = FunctionReference::of(FunctionKind::lazy, static_cast<std::uint32_t>(data->lazy.size()));
      data->lazy.push_back(std::move(lazy));
    }
    if (shared_functions.size() < most_shared_functions) shared_functions.emplace(std::move(key), function);
  }
  const ConstraintId id = add_constraint(name, binding.scope, function, here);
  remember_text(*data, id, text, context);
  return id;
}

void ProblemBuilder::State::add_unary_expression(VariableId variable, std::string_view text, const Place& place) {
  if (variable >= data->variable_count())
    throw Error(ErrorCode::wrong_use, at(place, "variables", {}),
                fmt::format("there is no variable number {}", variable));
  const std::string name = data->variable_names.name(variable);
  const Place here = at(place, "variables", name);
  const auto expression = expression::Expression::compile(text, {}, here);
  for (const std::string& used : expression.names())
    if (used != name)
      throw Error(
          ErrorCode::bad_input, here,
          fmt::format("the cost function of {} may only use {} itself; it uses {}. Use a constraint for costs that "
                      "depend on several variables",
                      printable(name), printable(name), printable(used)));
  const std::vector<Value>& values = data->domains[data->variable_domain[variable]].values;
  std::vector<double> costs(values.size());
  if (expression.names().empty()) {
    std::ranges::fill(costs, expression.cost({}));
  } else {
    const std::span<const Value> choices(values);
    expression.tabulate({&choices, 1}, costs);
  }
  const bool first = data->unary_first.size() <= variable || data->unary_first[variable] == ProblemData::none;
  add_unary_costs(variable, costs, here);
  // Text beside other costs would not say everything when the file is written again.
  if (first)
    data->written_unary[variable] = {std::string(text), 0};
  else
    data->written_unary.erase(variable);
}

ConstraintId ProblemBuilder::add_expression(std::string_view name, std::string_view text, const Place& place) {
  return state_->add_expression(name, text, {}, place);
}

void ProblemBuilder::add_unary_expression(VariableId variable, std::string_view text, const Place& place) {
  state_->add_unary_expression(variable, text, place);
}

}  // namespace entente
