// SPDX-License-Identifier: MIT
// ProblemBuilder: makes a Problem step by step and refuses what is inconsistent, at the line that caused it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "entente/base/error.hpp"
#include "entente/problem/problem.hpp"

namespace entente {

/// Limits that keep hostile or mistaken input from taking the machine.
struct BuildLimits {
  std::size_t cells_per_table = std::size_t(1) << 20;  ///< Larger expression tables are computed when asked.
  std::size_t table_bytes = std::size_t(16) << 30;     ///< All tables together.
  std::size_t domain_values = std::size_t(1) << 20;    ///< Values of one domain.
};

/// Builds a Problem.
///
/// Names are checked when `build` is called or earlier; every `Error` names the place given with the offending part.
/// An empty name asks for the automatic one (x0, x1, … for variables, c0, c1, … for constraints) and costs no memory.
/// Moves its arrays into the problem: a builder is used once.
///
/// \code
///   ProblemBuilder builder("two lights", Objective::minimise);
///   const auto level = builder.add_domain("level", {0, 1, 2});
///   const auto left = builder.add_variable("left", level), right = builder.add_variable("right", level);
///   builder.add_expression("bright", "abs(left + right - 3)");
///   const Problem problem = builder.build();
/// \endcode
class ProblemBuilder {
 public:
  ProblemBuilder(std::string name, Objective objective, BuildLimits limits = {});
  ~ProblemBuilder();
  ProblemBuilder(ProblemBuilder&&) noexcept;
  ProblemBuilder& operator=(ProblemBuilder&&) noexcept;

  void set_description(std::string text);
  void set_infinity(double infinity);
  /// Only assignments whose cost is better than `limit` are acceptable.
  void set_cost_limit(double limit);
  void reserve(std::uint32_t variables, std::uint32_t constraints, std::size_t cells);

  std::uint32_t add_domain(std::string name, std::vector<Value> values, std::string type = {}, const Place& place = {});
  VariableId add_variable(std::string_view name, std::uint32_t domain, ValueIndex initial = no_value,
                          const Place& place = {});
  /// One cost per value of the variable's domain; adds to what was given before.
  void add_unary_costs(VariableId variable, std::span<const double> costs, const Place& place = {});
  void add_external(std::string name, std::uint32_t domain, ValueIndex value, const Place& place = {});

  /// A table that several constraints of the same shape may share.
  using TableId = std::uint32_t;
  TableId add_table(std::span<const double> cells);
  /// Row-major cells over the scope, last variable fastest.
  ConstraintId add_table_constraint(std::string_view name, std::span<const VariableId> scope,
                                    std::span<const double> cells, const Place& place = {});
  ConstraintId add_table_constraint(std::string_view name, std::span<const VariableId> scope, TableId table,
                                    const Place& place = {});
  ConstraintId add_sparse_constraint(std::string_view name, std::span<const VariableId> scope, SparseTable table,
                                     const Place& place = {});
  /// A cost function in the constraint language; its scope are the free names of `text`, which may be variables and
  /// external variables added before.
  ConstraintId add_expression(std::string_view name, std::string_view text, const Place& place = {});
  /// The variable's own cost function: an expression of this variable only. Adds to what was given before.
  void add_unary_expression(VariableId variable, std::string_view text, const Place& place = {});

  void add_agent(AgentDefinition agent, const Place& place = {});
  Placement& placement();

  std::uint32_t variable_count() const;
  std::uint32_t constraint_count() const;
  std::optional<VariableId> find_variable(std::string_view name) const;
  std::optional<ConstraintId> find_constraint(std::string_view name) const;
  std::optional<std::uint32_t> find_domain(std::string_view name) const;
  const Domain& domain(std::uint32_t id) const;
  std::uint32_t domain_id(VariableId variable) const;

  /// Validates and freezes. O(size of the problem). Throws Error{bad_input} at the first inconsistency.
  Problem build();

  struct State;
  /// What the readers of this folder need beyond the calls above.
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace entente
