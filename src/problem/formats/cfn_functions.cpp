// SPDX-License-Identifier: MIT
// Reading CFN files: cost functions, given as tables, as a default with tuples, by the name of another, or by a
// keyword.
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "entente/base/suggest.hpp"
#include "problem/formats/cfn_reader.hpp"

namespace entente {

void CfnReader::read_functions() {
  expect_open("{ with the cost functions");
  while (next_item("the functions")) read_function();
  key_ = "functions";
}

void CfnReader::read_function() {
  Function function;
  key_ = "functions";
  if (tokens_.kind() == Kind::word) {
    function.name = tokens_.text();
    key_ += "." + function.name;
    tokens_.advance();
  } else {
    key_ += fmt::format(".{}", builder_.constraint_count());
  }
  if (!function.name.empty() && !defined_.try_emplace(function.name).second)
    fail(fmt::format("function {} is defined twice", printable(function.name)));
  expect_open("{ with scope and costs");
  const auto once = [&](bool there, const std::string& field) {
    if (there) fail(fmt::format("{} is given twice, or after the costs", field));
  };
  while (next_item("the function")) {
    const std::string field = expect_word("scope, costs, defaultcost, type or params");
    if (field != "scope" && !function.has_scope)
      fail(fmt::format("found '{}'; expected the scope first", printable(field)));
    if (field == "scope") {
      once(function.has_scope, field);
      read_scope(function);
    } else if (field == "defaultcost") {
      once(function.default_cost || function.has_costs, field);
      function.default_cost = cost();
    } else if (field == "costs") {
      once(function.has_costs, field);
      read_costs(function);
    } else if (field == "type") {
      once(!function.type.empty() || function.has_costs, field);
      function.type = expect_word("the keyword of a function");
    } else if (field == "params" || field == "parameters") {
      once(function.has_costs, field);
      read_parameters(function);
    } else {
      fail(fmt::format("found '{}'; expected scope, defaultcost, costs, type or params", printable(field)));
    }
  }
  if (!function.has_scope) fail("the scope is missing");
  if (!function.has_costs)
    fail(function.type.empty() ? "the costs are missing" : fmt::format("{}: params are missing", function.type));
}

void CfnReader::read_scope(Function& function) {
  expect_open("[ with variables");
  while (next_item("its scope")) function.scope.push_back(variable(expect_word("a variable")));
  builder_.state().check_scope(function.scope, place());
  function.has_scope = true;
}

VariableId CfnReader::variable(const std::string& text) {
  if (const auto found = builder_.find_variable(text)) return *found;
  if (const auto number = integer(text)) {
    if (*number >= 0 && *number < builder_.variable_count()) return static_cast<VariableId>(*number);
    fail(fmt::format("variable number {} is out of range; the problem has {}", *number, builder_.variable_count()));
  }
  builder_.state().unknown_variable(text, place());
}

ValueIndex CfnReader::value(VariableId variable, const std::string& text) {
  const std::uint32_t domain = builder_.domain_id(variable);
  const auto& indexes = value_indexes_[domain];
  if (const auto found = indexes.find(text); found != indexes.end()) return found->second;
  const ValueIndex size = builder_.state().data->domain_size[domain];
  if (const auto number = integer(text)) {
    if (*number >= 0 && *number < size) return static_cast<ValueIndex>(*number);
    fail(fmt::format("value number {} is not in the domain of {}; expected 0 to {}", *number,
                     printable(builder_.state().data->variable_names.name(variable)), size - 1));
  }
  fail(fmt::format("value {} is not in the domain of {}", printable(text),
                   printable(builder_.state().data->variable_names.name(variable))));
}

double CfnReader::cost() {
  if (tokens_.kind() != Kind::word) expect_word("a cost");
  const std::string& text = tokens_.text();
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, reason] = std::from_chars(text.data() + text.starts_with('+'), end, number);
  if (reason != std::errc() || stop != end || std::isnan(number))
    fail(fmt::format("'{}' is no cost; expected a number, or inf", printable(text)));
  tokens_.advance();
  return number;
}

void CfnReader::read_costs(Function& function) {
  function.has_costs = true;
  if (!function.type.empty()) fail(fmt::format("{} has params, no costs", printable(function.type)));
  if (tokens_.kind() == Kind::word) {
    Reference reference{function.name, tokens_.text(), function.scope, no_id, place()};
    tokens_.advance();
    if (function.scope.size() != 1)
      reference.constraint = builder_.state().add_constraint(function.name, function.scope, {no_id}, reference.place);
    references_.push_back(std::move(reference));
    return;
  }
  expect_open("[ with costs, or the name of another function");
  function.default_cost ? read_sparse(function) : read_dense(function);
}

void CfnReader::read_dense(Function& function) {
  ProblemBuilder::State& state = builder_.state();
  const std::size_t cells = state.cell_count(function.scope);
  const Place here = place();
  costs_.clear();
  while (next_item("its costs")) {
    if (costs_.size() == cells) {
      std::size_t more = 0;
      for (; next_item("its costs"); ++more) cost();
      fail(fmt::format("{} costs are given; its scope has {} tuples", cells + more, cells));
    }
    costs_.push_back(cost());
  }
  if (costs_.size() != cells)
    fail(fmt::format("{} costs are given; its scope has {} tuples{}", costs_.size(),
                     cells == too_many_cells ? "more than 2^64" : fmt::format("{}", cells),
                     ". A defaultcost before the costs makes them a list of tuples"));
  std::vector<ValueIndex> sizes;
  for (const VariableId variable : function.scope)
    sizes.push_back(state.data->domain_size[builder_.domain_id(variable)]);
  DefinedFunction shared{std::move(sizes), {no_id}, {}, 0};
  if (function.scope.size() == 1) {
    state.add_unary_costs(function.scope[0], costs_, here);
    shared.unary = costs_;
  } else {
    std::ranges::copy(costs_, state.open_table(cells, here).begin());
    shared.reference = FunctionReference::of(FunctionKind::table, state.close_table(here));
    state.add_constraint(function.name, function.scope, shared.reference, here);
  }
  define(function, std::move(shared));
}

void CfnReader::read_sparse(Function& function) {
  filling_.begin(function.scope, *function.default_cost, 0, place());
  const std::span<ValueIndex> tuple = filling_.tuple();
  while (next_item("its tuples")) {
    for (std::size_t k = 0; k < tuple.size(); ++k)
      tuple[k] = value(function.scope[k], expect_word("a value, as tuples with their costs are listed"));
    if (!filling_.set(cost()) && !warned_twice_) {
      warned_twice_ = true;
      warn("a tuple is given twice with different costs; the last one counts");
    }
  }
  define(function, filling_.end(function.name));
}

void CfnReader::read_parameters(Function& function) {
  function.has_costs = true;
  if (function.type.empty()) fail("params without a type; give the type before them");
  std::vector<std::string> words;
  expect_open("{ with parameters");
  while (next_item("its parameters")) {
    std::string key;
    if (tokens_.kind() == Kind::word && tokens_.is_key()) key = expect_word("a parameter");
    if (tokens_.kind() == Kind::open) {
      // The WCSP format counts lists, but for those with one entry a variable.
      tokens_.advance();
      flatten(words, 0, key != "weights" && key != "weightedvalues");
    } else {
      words.push_back(expect_word("a parameter"));
    }
  }
  if (function.type == "ssame" && !words.empty()) {
    // Both sizes stand before both lists.
    const auto size = words.size() > 1 ? integer(words[1]) : std::nullopt;
    const std::size_t second = size && *size >= 0 ? 2 + static_cast<std::size_t>(*size) : words.size();
    if (second < words.size())
      std::rotate(words.begin() + 2, words.begin() + static_cast<std::ptrdiff_t>(second),
                  words.begin() + static_cast<std::ptrdiff_t>(second) + 1);
  }
  std::size_t next = 0;
  GlobalParameters parameters;
  parameters.next = [&]() -> std::string_view { return next < words.size() ? words[next++] : std::string_view(); };
  parameters.position = [&](std::string_view word) -> std::optional<std::size_t> {
    const VariableId wanted = variable(std::string(word));
    for (std::size_t k = 0; k < function.scope.size(); ++k)
      if (function.scope[k] == wanted) return k;
    return std::nullopt;
  };
  parameters.place = [this] { return place(); };
  parameters.keyword = function.type;
  parameters.maximise = maximise_;
  globals_.add(function.name, function.scope, parameters, place());
  if (next < words.size())
    fail(fmt::format("{}: '{}' is one parameter too many", function.type, printable(words[next])));
}

void CfnReader::flatten(std::vector<std::string>& words, std::size_t depth, bool counted) {
  constexpr std::size_t deepest = 3;
  if (depth == deepest) fail("lists in lists in lists; no parameter has that");
  const std::size_t first = words.size();
  std::int64_t items = 0;
  if (counted) words.emplace_back();
  while (next_item("its parameters")) {
    ++items;
    if (tokens_.kind() == Kind::open) {
      tokens_.advance();
      flatten(words, depth + 1, !counted && depth == 0);
    } else {
      words.push_back(expect_word("a parameter"));
    }
  }
  if (counted) words[first] = fmt::format("{}", items);
}

void CfnReader::define(const Function& function, DefinedFunction shared) {
  if (!function.name.empty()) defined_[function.name] = std::move(shared);
}

void CfnReader::resolve_references() {
  std::unordered_map<std::string, const Reference*> by_name;
  for (const Reference& reference : references_)
    if (!reference.name.empty()) by_name.emplace(reference.name, &reference);
  for (const Reference& reference : references_) {
    // Where one reference leads to another, what was found is kept for all on the way: each is followed once.
    std::vector<const Reference*> way;
    const Reference* at = &reference;
    const std::optional<DefinedFunction>* found = nullptr;
    while (!found) {
      const auto fail_at = [&](const std::string& message) { throw Error(ErrorCode::bad_input, at->place, message); };
      way.push_back(at);
      const auto target = defined_.find(at->target);
      if (target == defined_.end()) {
        Suggestion suggestion(at->target);
        for (const auto& [name, function] : defined_) suggestion.consider(name);
        fail_at(fmt::format("unknown function {}{}", printable(at->target), suggestion.text()));
      }
      if (target->second) {
        found = &target->second;
        break;
      }
      const auto next = by_name.find(at->target);
      if (next == by_name.end())
        fail_at(fmt::format("function {} has no costs that could be shared", printable(at->target)));
      at = next->second;
      if (way.size() > references_.size())
        fail_at(fmt::format("circular shared costs: {} and {} refer to each other", printable(at->name),
                            printable(at->target)));
    }
    const DefinedFunction shared = **found;
    for (const Reference* one : way)
      if (!one->name.empty()) defined_[one->name] = shared;
    if (reference.scope.size() == 1) {
      filling_.share({}, reference.scope, shared, reference.place);
    } else {
      filling_.check_shape(reference.scope, shared, reference.place);
      builder_.state().data->function_of[reference.constraint] = shared.reference;
    }
  }
}

}  // namespace entente
