// SPDX-License-Identifier: MIT
// Writing pyDCOP's YAML format.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <ostream>

#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"
#include "problem/formats/blanks.hpp"
#include "problem/formats/names.hpp"
#include "problem/formats/yaml_scalar.hpp"
#include "problem/problem_data.hpp"

namespace entente {
namespace {

// Own costs of variables become a chain of conditions, which every reader understands, up to this many values.
constexpr std::size_t longest_chain = 32;

/// A value as a tuple of a table shows it.
std::string token(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return to_text(value);
  const bool plain = !text->empty() && text->front() != '\'' && text->front() != '"' &&
                     std::ranges::none_of(*text, [](char c) { return is_blank(c) || c == '|'; }) &&
                     resolve_core(*text).kind == ScalarKind::text;
  if (plain) return *text;
  std::string quoted = "'";
  for (const char c : *text) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + '\'';
}

/// A number or value in the expression language; empty where that would need more care than it is worth.
std::string literal(const Value& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "True" : "False";
  if (const auto* text = std::get_if<std::string>(&value)) {
    const bool simple =
        std::ranges::all_of(*text, [](char c) { return c >= ' ' && c <= '~' && c != '\'' && c != '\\'; });
    return simple ? fmt::format("'{}'", *text) : "";
  }
  if (const auto* real = std::get_if<double>(&value); real && std::isinf(*real))
    return *real > 0 ? "float('inf')" : "-float('inf')";
  return to_text(value);
}

class PydcopWriter {
 public:
  PydcopWriter(const Problem& problem, std::ostream& out) : problem_(problem), data_(problem.data()), out_(out) {}

  void write() {
    emit("name: {}\n", yaml_text(problem_.name()));
    if (!problem_.description().empty()) emit("description: {}\n", yaml_text(problem_.description()));
    emit("objective: {}\n", problem_.objective() == Objective::minimise ? "min" : "max");
    write_domains();
    write_variables();
    write_externals();
    write_constraints();
    write_agents();
    write_routes();
    write_hosting_costs();
    write_hints();
    flush();
  }

 private:
  template <class... Arguments>
  void emit(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(buffer_), format, std::forward<Arguments>(arguments)...);
    if (buffer_.size() > std::size_t(1) << 16) flush();
  }
  void flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
  }

  /// Begins an entry of a map that is written over several lines.
  void key(std::string_view name, int indent) {
    const std::string scalar = yaml_text(name);
    // YAML gives a key without a sign at most 1024 characters.
    if (scalar.size() < 1000)
      emit("{:{}}{}:", "", indent, scalar);
    else
      emit("{:{}}? {}\n{:{}}:", "", indent, scalar, "", indent);
  }

  template <class List>
  static std::string flow_list(const List& names) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + yaml_text(name);
    return '[' + list + ']';
  }

  void write_domains() {
    if (data_.domains.empty()) return;
    emit("domains:\n");
    for (const Domain& domain : data_.domains) {
      key(domain.name, 2);
      emit(" {{values: [");
      const auto* first = std::get_if<std::int64_t>(&domain.values.front());
      const auto* last = std::get_if<std::int64_t>(&domain.values.back());
      const auto follows = [](const Value& left, const Value& right) {
        const auto *l = std::get_if<std::int64_t>(&left), *r = std::get_if<std::int64_t>(&right);
        return l && r && *l < *r && *l + 1 == *r;
      };
      if (first && last && domain.values.size() > 1 &&
          std::ranges::adjacent_find(domain.values, std::not_fn(follows)) == domain.values.end()) {
        emit("{} .. {}", *first, *last);
      } else {
        const auto* only = std::get_if<std::string>(&domain.values.front());
        if (only && domain.values.size() == 1 && only->find("..") != std::string::npos)
          throw Error(ErrorCode::unsupported, Place{{}, 0, 0, "domains." + domain.name},
                      "the format reads a single text with dots as a range; give the domain a second value");
        for (std::size_t i = 0; i < domain.values.size(); ++i)
          emit("{}{}", i ? ", " : "", yaml_value(domain.values[i]));
      }
      emit("]");
      if (!domain.type.empty()) emit(", type: {}", yaml_text(domain.type));
      emit("}}\n");
    }
  }

  void write_variables() {
    emit("variables:{}\n", problem_.variable_count() == 0 ? " {}" : "");
    for (VariableId variable = 0; variable < problem_.variable_count(); ++variable) {
      key(problem_.variable_name(variable), 2);
      const Domain& domain = problem_.domain(variable);
      emit(" {{domain: {}", yaml_text(domain.name));
      if (const ValueIndex initial = problem_.initial_value(variable); initial != no_value)
        emit(", initial_value: {}", yaml_value(domain.values[static_cast<std::size_t>(initial)]));
      write_unary_costs(variable);
      if (const auto extra = data_.variable_extra.find(variable); extra != data_.variable_extra.end())
        for (const auto& [name, text] : extra->second) emit(", {}{}", yaml_flow_key(yaml_text(name)), text);
      emit("}}\n");
    }
  }

  void write_unary_costs(VariableId variable) {
    if (const auto written = data_.written_unary.find(variable); written != data_.written_unary.end()) {
      emit(", cost_function: {}", yaml_text(written->second.text));
      if (written->second.noise_level > 0) emit(", noise_level: {}", yaml_number(written->second.noise_level));
      return;
    }
    const auto costs = problem_.unary_costs(variable);
    if (costs.empty()) return;
    if (const std::string chain = condition_chain(variable, costs); !chain.empty()) {
      emit(", cost_function: {}", yaml_text(chain));
      return;
    }
    emit(", unary_costs: [");
    for (std::size_t i = 0; i < costs.size(); ++i) emit("{}{}", i ? ", " : "", yaml_number(costs[i]));
    emit("]");
  }

  /// `1 if x == 'R' else 2 if x == 'G' else 3`; empty where the language cannot say it.
  std::string condition_chain(VariableId variable, std::span<const double> costs) const {
    const std::string name = problem_.variable_name(variable);
    if (costs.size() > longest_chain || !is_usable_name(name)) return {};
    const std::vector<Value>& values = problem_.domain(variable).values;
    std::string chain;
    for (std::size_t i = 0; i + 1 < costs.size(); ++i) {
      const std::string value = literal(values[i]);
      if (value.empty()) return {};
      chain += fmt::format("{} if {} == {} else ", literal(costs[i]), name, value);
    }
    return chain + literal(costs.back());
  }

  void write_externals() {
    if (data_.externals.empty()) return;
    emit("external_variables:\n");
    for (const ExternalVariable& external : data_.externals) {
      const Domain& domain = data_.domains[external.domain];
      key(external.name, 2);
      emit(" {{domain: {}, initial_value: {}}}\n", yaml_text(domain.name),
           yaml_value(domain.values[static_cast<std::size_t>(external.value)]));
    }
  }

  void write_constraints() {
    if (problem_.constraint_count() == 0) return;
    for (const Domain& domain : data_.domains) {
      auto& words = tokens_.emplace_back();
      for (const Value& value : domain.values) words.push_back(token(value));
    }
    emit("constraints:\n");
    for (ConstraintId constraint = 0; constraint < problem_.constraint_count(); ++constraint) {
      key(problem_.constraint_name(constraint), 2);
      if (!write_expression(constraint)) write_table(constraint);
    }
  }

  /// Writes the constraint as it was given; false if it was not given as text, or only together with a source file
  /// that another place might not have.
  bool write_expression(ConstraintId constraint) {
    if (data_.written.empty() || data_.written[constraint] == no_id) return false;
    const WrittenExpression& written = data_.written_expressions[data_.written[constraint]];
    const std::string_view text(data_.texts.data() + written.text_first, written.text_size);
    const ExpressionDetails* details = written.details == no_id ? nullptr : &data_.details[written.details];
    if (details && !details->source.empty() && data_.function_of[constraint].kind() == FunctionKind::table)
      return false;
    emit("\n    type: intention\n");
    if (details && !details->source.empty()) emit("    source: {}\n", yaml_text(details->source));
    write_function(text);
    if (!details || details->partial.empty()) return true;
    std::string partial;
    for (const auto& [name, value] : details->partial)
      partial += (partial.empty() ? "" : ", ") + yaml_flow_key(yaml_text(name)) + yaml_value(value);
    emit("    partial: {{{}}}\n", partial);
    return true;
  }

  void write_function(std::string_view text) {
    const bool block = text.find('\n') != std::string_view::npos && !is_blank(text.front()) && text.back() == '\n' &&
                       text[text.size() - 2] != '\n' &&
                       std::ranges::all_of(text, [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; });
    if (!block) {
      emit("    function: {}\n", yaml_text(text));
      return;
    }
    emit("    function: |\n");
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      emit("{}{}\n", end ? "      " : "", text.substr(0, end));
      text.remove_prefix(end + 1);
    }
  }

  /// Tuples of one cost, given as positions in some order.
  using Tuples = std::vector<std::pair<double, std::size_t>>;

  void write_table(ConstraintId constraint) {
    if (const auto whole = data_.written_tables.find(constraint); whole != data_.written_tables.end()) {
      const WrittenTable& written = whole->second;
      std::vector<std::uint32_t> domains;
      for (const std::string& name : written.scope) domains.push_back(domain_of(name));
      write_sparse(written.scope, domains, written.table, written.has_default);
      return;
    }
    std::vector<std::string> names;
    std::vector<std::uint32_t> domains;
    for (const VariableId variable : problem_.scope(constraint)) {
      names.push_back(problem_.variable_name(variable));
      domains.push_back(problem_.domain_id(variable));
    }
    const CostFunction function = problem_.function(constraint);
    if (function.lazy)
      throw Error(ErrorCode::unsupported, Place{{}, 0, 0, "constraints." + problem_.constraint_name(constraint)},
                  fmt::format("its table over {} variables would be too large, and it was not given as an expression",
                              names.size()));
    if (names.empty()) {  // a table needs variables, a constant does not
      const double cost = function.sparse ? function.sparse->cost({}) : function.cells[0];
      emit("\n    type: intention\n    function: {}\n", yaml_text(literal(cost)));
    } else if (function.sparse) {
      write_sparse(names, domains, *function.sparse, true);
    } else {
      Tuples tuples;
      for (std::size_t cell = 0; cell < function.cells.size(); ++cell) tuples.emplace_back(function.cells[cell], cell);
      std::ranges::sort(tuples);
      // The most frequent cost becomes the default when that halves the table.
      std::size_t best = 0, best_first = 0;
      for (std::size_t first = 0, next = 0; first < tuples.size(); first = next) {
        while (next < tuples.size() && tuples[next].first == tuples[first].first) ++next;
        if (next - first > best) best = next - first, best_first = first;
      }
      begin_table(names);
      if (best * 2 > tuples.size()) {
        emit("    default: {}\n", yaml_number(tuples[best_first].first));
        const auto from = tuples.begin() + static_cast<std::ptrdiff_t>(best_first);
        tuples.erase(from, from + static_cast<std::ptrdiff_t>(best));
      }
      write_tuples(tuples, [&](std::size_t cell) {
        std::string tuple;
        for (std::size_t k = names.size(); k-- > 0;) {
          const auto& words = tokens_[domains[k]];
          tuple.insert(0, (k ? " " : "") + words[cell % words.size()]);
          cell /= words.size();
        }
        return tuple;
      });
    }
  }

  void write_sparse(const std::vector<std::string>& names, const std::vector<std::uint32_t>& domains,
                    const SparseTable& table, bool has_default) {
    Tuples tuples;
    for (std::size_t i = 0; i < table.costs.size(); ++i) tuples.emplace_back(table.costs[i], i);
    std::ranges::sort(tuples);
    begin_table(names);
    if (has_default) emit("    default: {}\n", yaml_number(table.default_cost));
    write_tuples(tuples, [&](std::size_t i) {
      std::string tuple;
      for (std::size_t k = 0; k < names.size(); ++k)
        tuple += (k ? " " : "") + tokens_[domains[k]][static_cast<std::size_t>(table.tuples[i * table.arity + k])];
      return tuple;
    });
  }

  void begin_table(const std::vector<std::string>& names) {
    emit("\n    type: extensional\n    variables: {}\n", flow_list(names));
  }

  template <class TupleText>
  void write_tuples(const Tuples& tuples, TupleText tuple_text) {
    emit("    values:{}\n", tuples.empty() ? " {}" : "");
    for (std::size_t first = 0, next = 0; first < tuples.size(); first = next) {
      std::string text;
      for (; next < tuples.size() && tuples[next].first == tuples[first].first; ++next)
        text += (next == first ? "" : " | ") + tuple_text(tuples[next].second);
      emit("      {}: {}\n", yaml_number(tuples[first].first), yaml_text(text));
    }
  }

  std::uint32_t domain_of(const std::string& name) const {
    if (const auto variable = problem_.find_variable(name)) return problem_.domain_id(*variable);
    return std::ranges::find(data_.externals, name, &ExternalVariable::name)->domain;
  }

  void write_agents() {
    if (data_.agents.empty()) return;
    const bool bare = std::ranges::all_of(
        data_.agents, [](const AgentDefinition& agent) { return !agent.capacity && agent.extra.empty(); });
    emit("agents:\n");
    for (const AgentDefinition& agent : data_.agents) {
      if (bare) {
        emit("  - {}\n", yaml_text(agent.name));
        continue;
      }
      key(agent.name, 2);
      std::string properties = agent.capacity ? "capacity: " + yaml_number(*agent.capacity) : "";
      for (const auto& [name, text] : agent.extra)
        properties += (properties.empty() ? "" : ", ") + yaml_flow_key(yaml_text(name)) + text;
      emit(" {{{}}}\n", properties);
    }
  }

  void write_routes() {
    const Placement& placement = data_.placement;
    if (!placement.has_routes && placement.routes.empty() && placement.default_route == 1) return;
    emit("routes:\n  default: {}\n", yaml_number(placement.default_route));
    const std::string* from = nullptr;
    for (const auto& [pair, cost] : placement.routes) {
      if (!from || *from != pair.first) key(pair.first, 2), emit("\n");
      from = &pair.first;
      key(pair.second, 4);
      emit(" {}\n", yaml_number(cost));
    }
  }

  void write_hosting_costs() {
    const Placement& placement = data_.placement;
    if (!placement.has_hosting_costs && placement.agent_hosting_costs.empty() &&
        placement.computation_hosting_costs.empty() && placement.default_hosting_cost == 0)
      return;
    emit("hosting_costs:\n  default: {}\n", yaml_number(placement.default_hosting_cost));
    for (const AgentDefinition& agent : data_.agents) {
      const auto own = placement.agent_hosting_costs.find(agent.name);
      auto cost = placement.computation_hosting_costs.lower_bound({agent.name, ""});
      const auto none = placement.computation_hosting_costs.end();
      if (own == placement.agent_hosting_costs.end() && (cost == none || cost->first.first != agent.name)) continue;
      key(agent.name, 2);
      emit("\n");
      if (own != placement.agent_hosting_costs.end()) emit("    default: {}\n", yaml_number(own->second));
      if (cost == none || cost->first.first != agent.name) continue;
      emit("    computations:\n");
      for (; cost != none && cost->first.first == agent.name; ++cost) {
        key(cost->first.second, 6);
        emit(" {}\n", yaml_number(cost->second));
      }
    }
  }

  void write_hints() {
    const Placement& placement = data_.placement;
    if (!placement.has_hints && placement.must_host.empty() && placement.host_with.empty()) return;
    emit("distribution_hints:\n");
    for (const auto& [name, lists] :
         {std::pair("must_host", &placement.must_host), std::pair("host_with", &placement.host_with)}) {
      emit("  {}:{}\n", name, lists->empty() ? " {}" : "");
      for (const auto& [key_name, computations] : *lists) {
        key(key_name, 4);
        emit(" {}\n", flow_list(computations));
      }
    }
  }

  const Problem& problem_;
  const ProblemData& data_;
  std::ostream& out_;
  std::string buffer_;
  std::vector<std::vector<std::string>> tokens_;  // of each domain's values
};

}  // namespace

void write_pydcop_yaml(const Problem& problem, std::ostream& out) { PydcopWriter(problem, out).write(); }

}  // namespace entente
