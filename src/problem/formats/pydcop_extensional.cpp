// SPDX-License-Identifier: MIT
// Reading pyDCOP's YAML format: constraints given as tables.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "entente/base/suggest.hpp"
#include "problem/formats/blanks.hpp"
#include "problem/formats/pydcop_reading.hpp"

namespace entente {
namespace {

// Tables up to this size are dense however few tuples they give; larger ones when one cell in `cells_per_tuple` is
// given.
constexpr std::size_t small_table = 4096;
constexpr std::size_t cells_per_tuple = 64;

constexpr double unset = std::numeric_limits<double>::quiet_NaN();

/// A value as it is written in a tuple.
struct Token {
  std::string_view text;
  bool quoted = false;
  bool closed = true;  ///< The closing quote is there, and nothing sticks to it.
};

/// Takes the next value off `rest`, which does not begin with a blank. In quotes, a doubled quote stands for one;
/// `storage` then holds the text.
Token take_token(std::string_view& rest, std::string& storage) {
  Token token;
  std::size_t end = 0;
  if (rest[0] == '\'' || rest[0] == '"') {
    const char quote = rest[0];
    bool doubled = false;
    for (end = 1; end < rest.size(); ++end) {
      if (rest[end] != quote) continue;
      if (end + 1 == rest.size() || rest[end + 1] != quote) break;
      doubled = true;
      ++end;
    }
    token.quoted = true;
    token.text = rest.substr(1, std::min(end, rest.size()) - 1);
    if (doubled) {
      storage.clear();
      for (std::size_t i = 0; i < token.text.size(); ++i) {
        storage += token.text[i];
        if (token.text[i] == quote) ++i;
      }
      token.text = storage;
    }
    token.closed = end < rest.size() && (end + 1 == rest.size() || is_blank(rest[end + 1]) || rest[end + 1] == '|');
    end = std::min(end + 1, rest.size());
  } else {
    while (end < rest.size() && !is_blank(rest[end]) && rest[end] != '|') ++end;
    token.text = rest.substr(0, end);
  }
  rest.remove_prefix(end);
  return token;
}

/// Where the first tuple of `text` ends: at a bar outside of quotes.
std::size_t tuple_end(std::string_view text) {
  char quote = 0, before = ' ';
  for (std::size_t at = 0; at < text.size(); before = text[at++]) {
    const char c = text[at];
    if (quote && c == quote) {
      if (at + 1 < text.size() && text[at + 1] == quote)
        ++at;
      else
        quote = 0;
    } else if (!quote && c == '|') {
      return at;
    } else if (!quote && (c == '\'' || c == '"') && is_blank(before)) {
      quote = c;
    }
  }
  return text.size();
}

}  // namespace

/// A table while it is read: dense cells that await a cost, or a list of tuples.
struct PydcopReading::Table {
  std::vector<std::string> names;           // all members, external variables included
  std::vector<std::uint32_t> domains;       // of all members
  std::vector<const ValueLookup*> lookups;  // of all members
  std::vector<ValueIndex> fixed;            // the value of an external member, no_value for the others
  std::vector<VariableId> scope;            // the members that are decisions
  bool sliced = false;                      // some member is external
  std::optional<double> default_cost;

  bool dense = false;
  std::span<double> cells;
  std::vector<std::size_t> strides;
  SparseTable sparse;

  std::vector<ValueIndex> tuple;  // the one being read
  std::string storage;
};

PydcopReading::Table PydcopReading::table_scope(const SectionEntry& entry, const YamlNode& variables) {
  const std::string path = entry.path("variables");
  const ProblemBuilder::State& state = builder_.state();
  Table table;
  const auto add = [&](const YamlNode& node) {
    std::string name = text(node, path, "the name of a variable");
    std::uint32_t domain = 0;
    if (const auto variable = builder_.find_variable(name)) {
      domain = builder_.domain_id(*variable);
      table.scope.push_back(*variable);
      table.fixed.push_back(no_value);
    } else if (const auto external = state.externals.find(name); external != state.externals.end()) {
      domain = state.data->externals[external->second].domain;
      table.fixed.push_back(state.data->externals[external->second].value);
      table.sliced = true;
      if (std::ranges::find(table.names, name) != table.names.end())
        fail(node.place(path), fmt::format("external variable {} is listed twice", printable(name)));
    } else {
      state.unknown_variable(name, node.place(path));
    }
    table.domains.push_back(domain);
    table.lookups.push_back(&lookup(domain));
    table.names.push_back(std::move(name));
  };
  if (variables.is_list())
    for (const YamlNode variable : variables.items()) add(variable);
  else
    add(variables);
  if (table.names.empty()) fail(variables.place(path), "the list is empty; expected at least one variable");
  state.check_scope(table.scope, variables.place(path));
  return table;
}

void PydcopReading::read_extensional(const SectionEntry& entry, const YamlNode& variables, const YamlNode& values,
                                     const std::optional<YamlNode>& default_cost) {
  Table table = table_scope(entry, variables);
  if (!values.is_map())
    fail(values.place(entry.path("values")),
         fmt::format("found {}; expected a map from costs to tuples, as in `10: R G | G R`", values.description()));
  if (default_cost) table.default_cost = number(*default_cost, entry.path("default"), "a cost");

  std::size_t tuples = 0;
  for (const auto part : values.entries())
    if (part.value.is_scalar()) tuples += 1 + static_cast<std::size_t>(std::ranges::count(part.value.text(), '|'));
  ProblemBuilder::State& state = builder_.state();
  const std::size_t cells = state.cell_count(table.scope);
  table.dense = !table.sliced && cells <= state.limits.cells_per_table &&
                (cells <= small_table || cells / cells_per_tuple <= tuples);
  if (table.dense) {
    table.cells = state.open_table(cells, entry.place());
    std::ranges::fill(table.cells, unset);
    table.strides.assign(table.scope.size(), 1);
    for (std::size_t k = table.scope.size() - 1; k-- > 0;)
      table.strides[k] = table.strides[k + 1] * builder_.domain(table.domains[k + 1]).values.size();
  } else {
    table.sparse.arity = static_cast<std::uint32_t>(table.names.size());
    table.sparse.costs.reserve(tuples);
    table.sparse.tuples.reserve(tuples * table.names.size());
  }
  table.tuple.resize(table.names.size());
  read_tuples(entry, table, values);
  if (table.dense)
    finish_dense(entry, table);
  else
    finish_sparse(entry, table);
}

void PydcopReading::read_tuples(const SectionEntry& entry, Table& table, const YamlNode& values) {
  for (const auto part : values.entries()) {
    const double cost = number(part.key, entry.path("values"), "a cost");
    if (!part.value.is_scalar() || trimmed(part.value.text()).empty() || part.value.is_null())
      fail(part.value.place(entry.path("values")),
           fmt::format("found {} for cost {}; expected tuples of values, as in `10: R G | G R`",
                       part.value.description(), printable(std::string(part.name()))));
    std::string_view rest = part.value.text();
    for (bool more = true; more;) {
      const std::size_t end = tuple_end(rest);
      more = end < rest.size();
      const std::string_view tuple = rest.substr(0, end);
      rest.remove_prefix(more ? end + 1 : end);
      read_tuple(entry, table, part.value, trimmed(tuple), cost);
    }
  }
}

void PydcopReading::read_tuple(const SectionEntry& entry, Table& table, const YamlNode& node, std::string_view text,
                               double cost) {
  const auto bad = [&](const std::string& message) { fail(node.place(entry.path("values")), message); };
  const std::size_t arity = table.names.size();
  std::size_t count = 0, cell = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const Token token = take_token(rest, table.storage);
    if (!token.closed) bad(fmt::format("a quote does not close in '{}'", printable(std::string(text))));
    if (count < arity) {
      const ValueIndex value = table.lookups[count]->find(token.text, token.quoted);
      if (value == no_value) {
        // A unary table leaves no doubt where a value with blanks ends.
        if (arity == 1 && (table.tuple[0] = table.lookups[0]->find(text, true)) != no_value) {
          if (table.dense) cell = static_cast<std::size_t>(table.tuple[0]);
          count = 1;
          break;
        }
        const Domain& domain = builder_.domain(table.domains[count]);
        Suggestion suggestion(token.text);
        for (const Value& other : domain.values) suggestion.consider(to_text(other));
        bad(fmt::format("the value {} in the tuple '{}' is not in the domain {} of {}{}",
                        printable(std::string(token.text)), printable(std::string(text)), printable(domain.name),
                        printable(table.names[count]), suggestion.text()));
      }
      table.tuple[count] = value;
      if (table.dense) cell += static_cast<std::size_t>(value) * table.strides[count];
    }
    ++count;
    while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  }
  if (count == 0) bad("a tuple is empty; remove the extra |");
  if (count != arity)
    bad(fmt::format("the tuple '{}' has {} value{} for {} variable{}; put values that hold blanks in quotes",
                    printable(std::string(text)), count, count == 1 ? "" : "s", arity, arity == 1 ? "" : "s"));
  if (!table.dense) {
    table.sparse.tuples.insert(table.sparse.tuples.end(), table.tuple.begin(), table.tuple.end());
    table.sparse.costs.push_back(cost);
  } else if (double& known = table.cells[cell]; std::isnan(known)) {
    known = cost;
  } else if (known != cost) {
    bad(fmt::format("the tuple '{}' is given twice, with the costs {} and {}", printable(std::string(text)), known,
                    cost));
  }
}

void PydcopReading::finish_dense(const SectionEntry& entry, Table& table) {
  ProblemBuilder::State& state = builder_.state();
  for (std::size_t cell = 0; cell < table.cells.size(); ++cell) {
    if (!std::isnan(table.cells[cell])) continue;
    if (!table.default_cost)
      fail(entry.place("values"), fmt::format("no cost is given for {}, and there is no default",
                                              state.tuple_text(table.scope, state.tuple_of(table.scope, cell))));
    table.cells[cell] = *table.default_cost;
  }
  const auto id = state.close_table(entry.place());
  state.add_constraint(entry.name(), table.scope, FunctionReference::of(FunctionKind::table, id), entry.place());
}

void PydcopReading::finish_sparse(const SectionEntry& entry, Table& table) {
  ProblemBuilder::State& state = builder_.state();
  const std::size_t arity = table.names.size();
  const auto tuple = [&](std::size_t i) { return std::span(table.sparse.tuples).subspan(i * arity, arity); };
  const auto in_words = [&](std::span<const ValueIndex> values) {
    std::string words;
    for (std::size_t k = 0; k < arity && words.size() < 400; ++k)
      words += fmt::format(
          "{}{}={}", k ? ", " : "", printable(table.names[k]),
          printable(to_text(builder_.domain(table.domains[k]).values[static_cast<std::size_t>(values[k])])));
    return words;
  };
  std::vector<std::size_t> order(table.sparse.costs.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return std::ranges::lexicographical_compare(tuple(a), tuple(b)); });
  SparseTable sorted{table.sparse.arity, table.default_cost.value_or(0), {}, {}};
  std::vector<ValueIndex> expected(arity, 0);  // the first tuple that was not met
  bool complete = false;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto next = tuple(order[i]);
    if (i > 0 && std::ranges::equal(tuple(order[i - 1]), next)) {
      if (sorted.costs.back() != table.sparse.costs[order[i]])
        fail(entry.place("values"), fmt::format("the tuple {} is given twice, with the costs {} and {}", in_words(next),
                                                sorted.costs.back(), table.sparse.costs[order[i]]));
      continue;
    }
    sorted.tuples.insert(sorted.tuples.end(), next.begin(), next.end());
    sorted.costs.push_back(table.sparse.costs[order[i]]);
    if (!complete && std::ranges::equal(expected, next)) {
      std::size_t k = arity;
      while (k > 0 && ++expected[k - 1] == static_cast<ValueIndex>(builder_.domain(table.domains[k - 1]).values.size()))
        expected[--k] = 0;
      complete = k == 0;
    }
  }
  if (!complete && !table.default_cost)
    fail(entry.place("values"), fmt::format("no cost is given for {}, and there is no default", in_words(expected)));
  if (!table.sliced) {
    state.add_sparse(entry.name(), table.scope, std::move(sorted), entry.place());
    return;
  }

  // The solver sees the slice at the external variables' values; the whole is kept for writing it again.
  SparseTable slice{static_cast<std::uint32_t>(table.scope.size()), sorted.default_cost, {}, {}};
  for (std::size_t i = 0; i < sorted.costs.size(); ++i) {
    const auto values = std::span(sorted.tuples).subspan(i * arity, arity);
    bool inside = true;
    for (std::size_t k = 0; inside && k < arity; ++k)
      inside = table.fixed[k] == no_value || table.fixed[k] == values[k];
    if (!inside) continue;
    for (std::size_t k = 0; k < arity; ++k)
      if (table.fixed[k] == no_value) slice.tuples.push_back(values[k]);
    slice.costs.push_back(sorted.costs[i]);
  }
  const std::size_t cells = state.cell_count(table.scope);
  ConstraintId id = 0;
  if (cells <= state.limits.cells_per_table &&
      (cells <= small_table || cells / cells_per_tuple <= slice.costs.size())) {
    const std::span<double> dense = state.open_table(cells, entry.place());
    for (std::size_t cell = 0; cell < cells; ++cell) dense[cell] = slice.cost(state.tuple_of(table.scope, cell));
    const auto function = FunctionReference::of(FunctionKind::table, state.close_table(entry.place()));
    id = state.add_constraint(entry.name(), table.scope, function, entry.place());
  } else {
    id = state.add_sparse(entry.name(), table.scope, std::move(slice), entry.place());
  }
  state.data->written_tables.emplace(
      id, WrittenTable{std::move(table.names), table.default_cost.has_value(), std::move(sorted)});
}

}  // namespace entente
