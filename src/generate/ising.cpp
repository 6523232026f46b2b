// SPDX-License-Identifier: MIT
// Spins on a grid that meets itself.
#include <limits>
#include <string>

#include "generate/options.hpp"
#include "generate/tables.hpp"

namespace entente {

namespace {

struct Grid {
  std::uint32_t rows, columns;

  VariableId id(std::uint32_t row, std::uint32_t column) const { return row * columns + column; }
  std::string name(VariableId spin) const { return fmt::format("{}_{}", spin / columns, spin % columns); }

  /// The spin to the right or below, or `no_id` where the grid is open.
  VariableId right(std::uint32_t row, std::uint32_t column) const {
    if (column + 1 < columns) return id(row, column + 1);
    return columns > 2 ? id(row, 0) : no_id;
  }
  VariableId below(std::uint32_t row, std::uint32_t column) const {
    if (row + 1 < rows) return id(row + 1, column);
    return rows > 2 ? id(0, column) : no_id;
  }
};

class IsingBuilder {
 public:
  IsingBuilder(const IsingOptions& options, const Grid& grid)
      : options_(options),
        grid_(grid),
        random_(options.seed),
        builder_(fmt::format("Ising_{}_{}_{}_{}", grid.rows, grid.columns, options.bin_range, options.un_range),
                 Objective::minimise) {
    const std::uint32_t spins = grid.rows * grid.columns;
    const std::uint32_t domain = builder_.add_domain("var_domain", {std::int64_t(0), std::int64_t(1)}, "binary");
    builder_.reserve(spins, 3 * spins, options.intentional ? 0 : 10 * std::size_t(spins));
    for (VariableId spin = 0; spin < spins; ++spin) {
      builder_.add_variable("v_" + grid.name(spin), domain);
      if (!options.no_agents) builder_.add_agent({.name = "a_" + grid.name(spin), .capacity = {}, .extra = {}});
    }
  }

  /// Returns the constraint's name.
  std::string add_unary(VariableId spin) {
    const std::string variable = "v_" + grid_.name(spin), name = "cu_" + variable;
    const double k = draw(options_.un_range);
    if (options_.intentional) {
      builder_.add_expression(name, fmt::format("{} if {} == 1 else {}", -k, variable, k));
    } else {
      const VariableId scope[] = {spin};
      const double cells[] = {k, -k};
      builder_.add_table_constraint(name, scope, cells);
    }
    return name;
  }

  std::string add_binary(VariableId one, VariableId other) {
    const auto [low, high] = std::minmax(one, other);
    const std::string first = "v_" + grid_.name(low), second = "v_" + grid_.name(high);
    const std::string name = fmt::format("cb_{}_{}", first, second);
    const double k = draw(options_.bin_range);
    if (options_.intentional) {
      builder_.add_expression(name, fmt::format("{} if {} == {} else {}", k, first, second, -k));
    } else {
      const VariableId scope[] = {low, high};
      const double cells[] = {k, -k, -k, k};
      builder_.add_table_constraint(name, scope, cells);
    }
    return name;
  }

  Problem build() { return builder_.build(); }

 private:
  double draw(double range) { return (2 * random_.uniform() - 1) * range; }

  const IsingOptions& options_;
  const Grid& grid_;
  Random random_;
  ProblemBuilder builder_;
};

}  // namespace

IsingProblem generate_ising(const IsingOptions& options) {
  using namespace generate;
  const Grid grid{options.row_count, options.col_count == 0 ? options.row_count : options.col_count};
  check_range<std::uint64_t>("row_count", grid.rows, 1, most_variables);
  check_range<std::uint64_t>("col_count", grid.columns, 1, most_variables / grid.rows);
  check_range("bin_range", options.bin_range, 0.0, 1e100);
  check_range("un_range", options.un_range, 0.0, 1e100);

  IsingBuilder builder(options, grid);
  std::optional<Distribution> by_factor, by_variable;
  if (options.fg_dist) by_factor.emplace();
  if (options.var_dist) by_variable.emplace();
  for (std::uint32_t row = 0; row < grid.rows; ++row) {
    for (std::uint32_t column = 0; column < grid.columns; ++column) {
      const VariableId spin = grid.id(row, column);
      std::vector<std::string> hosted{"v_" + grid.name(spin)};
      if (by_variable) by_variable->hosted.emplace_back("a_" + grid.name(spin), hosted);
      hosted.push_back(builder.add_unary(spin));
      for (const VariableId neighbour : {grid.right(row, column), grid.below(row, column)}) {
        if (neighbour != no_id) hosted.push_back(builder.add_binary(spin, neighbour));
      }
      if (by_factor) by_factor->hosted.emplace_back("a_" + grid.name(spin), std::move(hosted));
    }
  }
  return {builder.build(), std::move(by_factor), std::move(by_variable)};
}

}  // namespace entente
