// SPDX-License-Identifier: MIT
// Nodes are called by number (v0, c0) and labelled by name, so that a variable and a constraint may share a name.
#include "graph/dot_writer.hpp"

#include <iterator>

#include <fmt/format.h>

#include "entente/base/error.hpp"

namespace entente {

namespace {

constexpr std::size_t longest_label = 200;

std::string quoted(std::string_view name) {
  std::string result = "\"";
  for (const char c : printable(std::string(name), longest_label)) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result += '"';
}

}  // namespace

void DotWriter::open(std::string_view name, Direction direction) {
  text_ = fmt::format("{} {} {{\n", direction == Direction::undirected ? "graph" : "digraph", quoted(name));
  if (direction == Direction::rightwards) text_ += "  rankdir=LR;\n";
  arrow_ = direction == Direction::undirected ? "--" : "->";
}

void DotWriter::variable(const Problem& problem, VariableId variable) {
  fmt::format_to(std::back_inserter(text_), "  v{} [label={}];\n", variable, quoted(problem.variable_name(variable)));
}

void DotWriter::constraint(const Problem& problem, ConstraintId constraint) {
  fmt::format_to(std::back_inserter(text_), "  c{} [label={}, shape=box];\n", constraint,
                 quoted(problem.constraint_name(constraint)));
}

void DotWriter::variable_link(VariableId from, VariableId to, std::string_view label, Line line) {
  fmt::format_to(std::back_inserter(text_), "  v{} {} v{}", from, arrow_, to);
  if (!label.empty()) fmt::format_to(std::back_inserter(text_), " [label={}]", quoted(label));
  // A dashed link says something about its ends without placing one below the other.
  if (line == Line::dashed) text_ += " [style=dashed, dir=none, constraint=false]";
  text_ += ";\n";
}

void DotWriter::constraint_link(ConstraintId constraint, VariableId variable) {
  fmt::format_to(std::back_inserter(text_), "  c{} {} v{};\n", constraint, arrow_, variable);
}

std::string DotWriter::close() {
  text_ += "}\n";
  return std::move(text_);
}

}  // namespace entente
