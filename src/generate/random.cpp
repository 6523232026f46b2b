// SPDX-License-Identifier: MIT
// Random tables over random scopes.
#include <algorithm>
#include <cmath>

#include "generate/options.hpp"
#include "generate/scopes.hpp"
#include "generate/tables.hpp"

namespace entente {

namespace {

constexpr std::uint32_t highest_arity = 24;  // two values each already fill the largest table

std::uint64_t checked_constraint_count(const RandomOptions& options) {
  const std::uint64_t scopes = generate::scope_count(options.variables_count, options.arity);
  if (options.density && options.constraints_count) {
    generate::refuse("density", "give density or constraints_count, not both");
  }
  if (options.constraints_count) {
    if (*options.constraints_count > scopes) {
      generate::refuse("constraints_count",
                       fmt::format("{} is more than the {} scopes of {} among {} variables", *options.constraints_count,
                                   scopes, options.arity, options.variables_count));
    }
    generate::check_constraints(*options.constraints_count);
    return *options.constraints_count;
  }
  if (!options.density) {
    generate::refuse("density", "none was given; give density (a share of all scopes) or constraints_count");
  }
  generate::check_range("density", *options.density, 0.0, 1.0);
  const double count = std::round(*options.density * static_cast<double>(scopes));
  generate::check_constraints(count < 1e18 ? static_cast<std::uint64_t>(count) : generate::most_constraints + 1);
  return std::min(scopes, static_cast<std::uint64_t>(count));
}

/// Different variables in ascending order; O(arity^2) for the few there are.
void draw_scope(std::uint32_t variables, std::span<VariableId> scope, Random& random) {
  for (std::size_t i = 0; i < scope.size();) {
    scope[i] = static_cast<VariableId>(random.below(variables));
    const auto end = scope.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(scope.begin(), end, scope[i]) == end) ++i;
  }
  std::sort(scope.begin(), scope.end());
}

}  // namespace

Problem generate_random(const RandomOptions& options) {
  using namespace generate;
  check_range<std::uint64_t>("variables_count", options.variables_count, 1, most_variables);
  check_range<std::uint64_t>("domain_size", options.domain_size, 1, std::uint64_t(1) << 20);
  check_range<std::uint32_t>("arity", options.arity, 1, std::min(options.variables_count, highest_arity));
  check_costs(options.costs);
  const std::uint64_t cells = check_cells(options.domain_size, options.arity);
  const std::uint64_t count = checked_constraint_count(options);

  Random random(options.seed);
  ProblemBuilder builder = builder_with_numbers(
      fmt::format("random_{}_{}_{}_{}", options.variables_count, count, options.arity, options.domain_size),
      options.objective, options.variables_count, options.domain_size, options.noagents);
  builder.reserve(options.variables_count, static_cast<std::uint32_t>(count), cells * count);

  const std::uint64_t scopes = scope_count(options.variables_count, options.arity);
  const bool numbered = scopes < countless;
  std::vector<std::uint64_t> ranks;
  if (numbered) ranks = distinct_numbers(count, scopes, random);
  CostSource costs(options.costs, random);
  std::vector<VariableId> scope(options.arity);
  std::vector<double> table(cells);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (numbered) {
      scope_at(ranks[i], options.variables_count, scope);
    } else {
      draw_scope(options.variables_count, scope, random);
    }
    costs.fill(table);
    builder.add_table_constraint({}, scope, table);
  }
  ranks = {};  // before the builder makes its indices
  return builder.build();
}

}  // namespace entente
