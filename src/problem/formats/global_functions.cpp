// SPDX-License-Identifier: MIT
// Parameters of global cost functions, and how these get into a problem.
#include "problem/formats/global_functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace entente {
namespace {

constexpr std::size_t countable = std::size_t(1) << 60;

class ComputedFunction final : public LazyFunction {
 public:
  ComputedFunction(TupleCost cost, bool maximise) : cost_(std::move(cost)), maximise_(maximise) {}
  double cost(std::span<const ValueIndex> tuple) const override { return maximise_ ? -cost_(tuple) : cost_(tuple); }

 private:
  TupleCost cost_;
  bool maximise_;
};

}  // namespace

void GlobalParameters::fail(const std::string& message, ErrorCode code) const { throw Error(code, place(), message); }

std::string GlobalParameters::word(const char* what) const {
  const std::string_view text = next();
  if (text.empty()) fail(fmt::format("{}: unexpected end of the parameters; expected {}", keyword, what));
  return std::string(text);
}

std::int64_t GlobalParameters::integer(const char* what, std::int64_t least, std::int64_t most) const {
  const std::string text = word(what);
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, reason] = std::from_chars(text.data() + text.starts_with('+'), end, number);
  if (reason != std::errc() || stop != end || number < least || number > most)
    fail(fmt::format("{}: {} is '{}'; expected a whole number from {} to {}", keyword, what, printable(text), least,
                     most));
  return number;
}

double GlobalParameters::cost(const char* what) const {
  const std::string text = word(what);
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, reason] = std::from_chars(text.data() + text.starts_with('+'), end, number);
  if (reason != std::errc() || stop != end || !(number >= 0))
    fail(fmt::format("{}: {} is '{}'; expected a cost of at least 0", keyword, what, printable(text)));
  return number >= top ? std::numeric_limits<double>::infinity() : number;
}

std::size_t GlobalParameters::scope_position(const char* what) const {
  const std::string text = word(what);
  const auto found = position(text);
  if (!found) fail(fmt::format("{}: {} is '{}', which is no variable of its scope", keyword, what, printable(text)));
  return *found;
}

void GlobalFunctions::add(std::string_view name, std::span<const VariableId> scope, GlobalParameters& parameters,
                          const Place& place) {
  parameters.sizes.clear();
  for (const VariableId variable : scope)
    parameters.sizes.push_back(state_.data->domain_size[state_.data->variable_domain[variable]]);
  const GlobalFunction function = read_global_function(parameters);
  const double top = parameters.top;
  const bool maximise = parameters.maximise;
  const auto limited = [top, cost = function.cost](std::span<const ValueIndex> tuple) {
    const double one = cost(tuple);
    return one >= top ? std::numeric_limits<double>::infinity() : one;
  };
  if (maximise) {
    // Files say what is to be avoided; only what is forbidden means the same where more is better.
    if (!function.pair_cost || !std::isinf(*function.pair_cost))
      parameters.fail(fmt::format("{}: cost functions by keyword are read where costs are minimised; give a table",
                                  parameters.keyword),
                      ErrorCode::unsupported);
  }
  // A sum over pairs of a cost below the top may reach the top only as a whole, which a pair does not know.
  const double pairs = static_cast<double>(scope.size()) * (static_cast<double>(scope.size()) - 1) / 2;
  if (function.pair_cost && scope.size() >= 2 &&
      (std::isinf(*function.pair_cost) || std::isinf(top) || *function.pair_cost * pairs < top)) {
    add_pairs(scope, maximise ? -*function.pair_cost : *function.pair_cost, place);
    return;
  }
  const std::size_t cells = state_.cell_count(scope);
  if (scope.size() == 1) {
    std::vector<double> costs(cells);
    for (std::size_t value = 0; value < cells; ++value) {
      const ValueIndex one[] = {static_cast<ValueIndex>(value)};
      costs[value] = limited(one);
    }
    state_.add_unary_costs(scope[0], costs, place);
    return;
  }
  const std::size_t steps = std::max({function.steps, scope.size(), std::size_t(1)});
  if (cells > std::min(state_.limits.cells_per_table, countable / steps) || cells * steps > budget_) {
    const auto index = static_cast<std::uint32_t>(state_.data->lazy.size());
    state_.data->lazy.push_back(std::make_unique<ComputedFunction>(limited, maximise));
    state_.add_constraint(name, scope, FunctionReference::of(FunctionKind::lazy, index), place);
    return;
  }
  budget_ -= cells * steps;
  const std::span<double> table = state_.open_table(cells, place);
  std::vector<ValueIndex> tuple(scope.size(), 0);
  for (double& cell : table) {
    cell = limited(tuple);
    for (std::size_t k = tuple.size(); k-- > 0;) {
      if (++tuple[k] < parameters.sizes[k]) break;
      tuple[k] = 0;
    }
  }
  state_.add_constraint(name, scope, FunctionReference::of(FunctionKind::table, state_.close_table(place)), place);
}

void GlobalFunctions::add_pairs(std::span<const VariableId> scope, double cost, const Place& place) {
  std::map<std::pair<ValueIndex, ValueIndex>, ProblemBuilder::TableId> tables;
  const auto size = [&](VariableId variable) {
    return state_.data->domain_size[state_.data->variable_domain[variable]];
  };
  for (std::size_t i = 0; i < scope.size(); ++i)
    for (std::size_t j = i + 1; j < scope.size(); ++j) {
      const VariableId pair[] = {scope[i], scope[j]};
      const auto [rows, columns] = std::pair(size(pair[0]), size(pair[1]));
      const auto [known, fresh] = tables.try_emplace({rows, columns}, 0);
      if (fresh) {
        const std::span<double> table = state_.open_table(state_.cell_count(pair), place);
        std::ranges::fill(table, 0.0);
        for (ValueIndex value = 0; value < std::min(rows, columns); ++value)
          table[static_cast<std::size_t>(value) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(value)] =
              cost;
        known->second = state_.close_table(place);
      }
      state_.add_constraint({}, pair, FunctionReference::of(FunctionKind::table, known->second), place);
    }
}

}  // namespace entente
