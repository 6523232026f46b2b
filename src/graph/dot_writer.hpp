// SPDX-License-Identifier: MIT
// DotWriter: text for Graphviz, with names from outside made harmless.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "entente/problem/problem.hpp"

namespace entente {

class DotWriter {
 public:
  enum class Direction { undirected, downwards, rightwards };
  enum class Line { solid, dashed };

  void open(std::string_view name, Direction direction);
  void variable(const Problem& problem, VariableId variable);
  void constraint(const Problem& problem, ConstraintId constraint);
  void variable_link(VariableId from, VariableId to, std::string_view label = {}, Line line = Line::solid);
  void constraint_link(ConstraintId constraint, VariableId variable);
  /// Ends the graph and returns the text.
  std::string close();

 private:
  std::string text_;
  std::string_view arrow_;
};

}  // namespace entente
