// SPDX-License-Identifier: MIT
// ProblemBuilder::State: the problem under construction, and the checks its parts share.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "entente/problem/builder.hpp"
#include "problem/problem_data.hpp"

namespace entente::expression {
class Library;
}

namespace entente {

/// Largest number that a product of domain sizes is counted to.
inline constexpr std::size_t too_many_cells = static_cast<std::size_t>(-1);

/// What an expression may use beyond the problem's names.
struct ExpressionContext {
  std::shared_ptr<const expression::Library> library;
  std::string source;                                  ///< The library's file.
  std::vector<std::pair<std::string, Value>> partial;  ///< Names frozen at a value, sorted by name.
};

struct ProblemBuilder::State {
  BuildLimits limits;
  std::shared_ptr<ProblemData> data = std::make_shared<ProblemData>();
  std::unordered_map<std::string, std::uint32_t> domains, externals, agents;  // name: position
  std::unordered_map<std::string, FunctionReference> shared_functions;        // expressions that compute the same

  /// `place`, with `section.name` as its key if it has none.
  static Place at(const Place& place, std::string_view section, std::string_view name);
  void check_name(std::string_view name, const Place& place) const;
  void check_domain(std::uint32_t domain, const Place& place) const;
  /// Throws unless all exist and none is there twice.
  void check_scope(std::span<const VariableId> scope, const Place& place) const;
  /// Product of the domain sizes, `too_many_cells` when it does not fit.
  std::size_t cell_count(std::span<const VariableId> scope) const;
  /// `x=0, y=red` for the tuple of a cell.
  std::string tuple_text(std::span<const VariableId> scope, std::span<const ValueIndex> tuple) const;
  std::vector<ValueIndex> tuple_of(std::span<const VariableId> scope, std::size_t cell) const;
  void check_cells(std::span<const VariableId> scope, std::span<const double> cells, const Place& place) const;

  /// Room for a table of `cells` at the end of all tables; `close_table` makes it one.
  std::span<double> open_table(std::size_t cells, const Place& place);
  TableId close_table(const Place& place);
  /// Gives back the room of the table opened last.
  void drop_table(std::size_t cells);

  ConstraintId add_constraint(std::string_view name, std::span<const VariableId> scope, FunctionReference function,
                              const Place& place);
  ConstraintId add_sparse(std::string_view name, std::span<const VariableId> scope, SparseTable table,
                          const Place& place);
  ConstraintId add_expression(std::string_view name, std::string_view text, const ExpressionContext& context,
                              const Place& place);
  void add_unary_expression(VariableId variable, std::string_view text, const Place& place);
  void add_unary_costs(VariableId variable, std::span<const double> costs, const Place& place);

  bool is_computation(std::string_view name) const;
  /// Throws, with the nearest name of a variable or external variable.
  [[noreturn]] void unknown_variable(const std::string& name, const Place& place) const;
  void require_agent(const std::string& name, const Place& place) const;
  void require_computation(const std::string& name, const Place& place) const;
  void check_placement() const;
  void link_variables();
};

}  // namespace entente
