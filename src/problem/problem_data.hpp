// SPDX-License-Identifier: MIT
// ProblemData: what a Problem holds, as flat arrays.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "entente/problem/problem.hpp"
#include "problem/growing_array.hpp"
#include "problem/name_table.hpp"

namespace entente {

/// Which cost function a constraint has: its kind in the two upper bits, its position among that kind below.
struct FunctionReference {
  static constexpr std::uint32_t limit = std::uint32_t(1) << 30;

  std::uint32_t bits;

  static FunctionReference of(FunctionKind kind, std::uint32_t index) {
    return {static_cast<std::uint32_t>(kind) << 30 | index};
  }
  FunctionKind kind() const { return static_cast<FunctionKind>(bits >> 30); }
  std::uint32_t index() const { return bits & (limit - 1); }
};

/// What a cost function given as text needs beyond the text; most have none.
struct ExpressionDetails {
  std::string source;                                  ///< Path of the file of functions, or empty.
  std::vector<std::pair<std::string, Value>> partial;  ///< Names frozen at a value, sorted.
};

/// How a cost function was written, for writing it again. Text is a part of ProblemData::texts.
struct WrittenExpression {
  std::uint64_t text_first = 0;
  std::uint32_t text_size = 0;
  std::uint32_t details = no_id;  ///< Position in ProblemData::details.
};

/// A table over a scope that holds external variables, as written; the constraint's own table is a slice of it.
struct WrittenTable {
  std::vector<std::string> scope;
  bool has_default = false;
  SparseTable table;
};

/// A variable's cost function as written.
struct WrittenUnary {
  std::string text;
  double noise_level = 0;
};

struct ProblemData {
  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

  std::string name, description;
  Objective objective = Objective::minimise;
  double infinity = std::numeric_limits<double>::infinity();
  std::optional<double> cost_limit;

  std::vector<Domain> domains;
  std::vector<ValueIndex> domain_size;

  NameTable variable_names{'x'};
  GrowingArray<std::uint32_t> variable_domain;
  GrowingArray<ValueIndex> initial;         // empty while no variable has one
  GrowingArray<std::uint64_t> unary_first;  // empty while no variable has costs; `none` for those without
  GrowingArray<double> unary_cells;

  NameTable constraint_names{'c'};
  GrowingArray<std::uint32_t> scope_first;  // one more than constraints
  GrowingArray<VariableId> scope_items;
  GrowingArray<std::uint32_t> incident_first;  // one more than variables
  GrowingArray<ConstraintId> incident_items;
  GrowingArray<FunctionReference> function_of;

  GrowingArray<std::uint64_t> table_first;  // one more than tables
  GrowingArray<double> cells;
  std::vector<SparseTable> sparse;
  std::vector<std::unique_ptr<const LazyFunction>> lazy;

  // What writing the file again needs. `written` is empty while no constraint came as text.
  GrowingArray<std::uint32_t> written;  // per constraint: position in written_expressions, or no_id
  GrowingArray<WrittenExpression> written_expressions;
  GrowingArray<char> texts;
  std::vector<ExpressionDetails> details;
  std::map<ConstraintId, WrittenTable> written_tables;
  std::map<VariableId, WrittenUnary> written_unary;
  std::map<VariableId, std::map<std::string, std::string>> variable_extra;  // key: YAML text

  std::vector<ExternalVariable> externals;
  std::vector<AgentDefinition> agents;
  Placement placement;

  std::uint32_t variable_count() const { return static_cast<std::uint32_t>(variable_domain.size()); }
  std::uint32_t constraint_count() const { return static_cast<std::uint32_t>(function_of.size()); }
  std::uint32_t table_count() const { return static_cast<std::uint32_t>(table_first.size() - 1); }
};

}  // namespace entente
