// SPDX-License-Identifier: MIT
// Writing UAI files, whose potentials are exp(-cost).
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"
#include "problem/formats/function_listing.hpp"

namespace entente {
namespace {

constexpr std::size_t most_cells = std::size_t(1) << 24;  // of a sparse table, which UAI has no form for

class UaiWriter {
 public:
  UaiWriter(const Problem& problem, const WriteOptions& options)
      : problem_(problem), options_(options), functions_(problem, "UAI") {
    sign_ = problem.objective() == Objective::minimise ? 1 : -1;
  }

  void write(std::ostream& stream) {
    check();
    TextOutput out(stream);
    out.text("MARKOV\n");
    out.integer(problem_.variable_count());
    out.text("\n");
    for (VariableId v = 0; v < problem_.variable_count(); ++v) {
      if (v > 0) out.text(v % 30 ? " " : "\n");
      out.integer(problem_.domain_size(v));
    }
    out.text("\n");
    out.integer(static_cast<std::int64_t>(functions_.size()));
    out.text("\n");
    for (std::size_t f = 0; f < functions_.size(); ++f) {
      const ListedFunction& function = functions_.at(f);
      out.integer(static_cast<std::int64_t>(function.scope.size()));
      for (const VariableId variable : function.scope) {
        out.text(" ");
        out.integer(variable);
      }
      out.text("\n");
    }
    for (std::size_t f = 0; f < functions_.size(); ++f) write_table(out, functions_.at(f));
  }

 private:
  void check() {
    for (std::size_t f = 0; f < functions_.size(); ++f) {
      const ListedFunction& function = functions_.at(f);
      if (function.sparse && function.cell_count > most_cells)
        throw Error(ErrorCode::unsupported, place(function),
                    fmt::format("UAI needs whole tables, and this function of {} variables has {} tuples",
                                function.scope.size(), function.cell_count));
      function.costs([&](double cost) { potential(cost, function); });
    }
    if (!options_.warn) return;
    if (!has_plain_names(problem_))
      options_.warn("UAI holds no names: variables become x0, x1, … and values 0, 1, … in their order");
    if (sign_ < 0) options_.warn("the costs of the file are -cost, to be minimised, since UAI knows no maximising");
    if (problem_.cost_limit())
      options_.warn(fmt::format("UAI holds no limit: that an answer has to be better than {} is not in the file",
                                *problem_.cost_limit()));
  }

  double potential(double cost, const ListedFunction& function) const {
    if (problem_.is_hard(cost)) return 0;
    const double potential = std::exp(-sign_ * rounded(cost, options_.precision));
    if (!(potential >= std::numeric_limits<double>::min()) || std::isinf(potential))
      throw Error(
          ErrorCode::unsupported, place(function),
          fmt::format("the cost {} has no potential: exp(-cost) has to be a number; costs from -708 to 708 are", cost));
    return potential;
  }

  Place place(const ListedFunction& function) const {
    return {{},
            0,
            0,
            function.constraint ? problem_.constraint_name(*function.constraint)
                                : problem_.variable_name(function.scope[0])};
  }

  void write_table(TextOutput& out, const ListedFunction& function) {
    out.text("\n");
    out.integer(static_cast<std::int64_t>(function.cell_count));
    out.text("\n");
    const std::size_t row = function.sizes.empty() ? 1 : static_cast<std::size_t>(function.sizes.back());
    const auto put = [&](std::size_t cell, double cost) {
      out.text(fmt::format("{}{}", potential(cost, function), (cell + 1) % row ? " " : "\n"));
    };
    if (!function.sparse) {
      for (std::size_t cell = 0; cell < function.cells.size(); ++cell) put(cell, function.cells[cell]);
      return;
    }
    std::size_t cell = 0;
    const double usual = function.sparse->default_cost;
    function.unusual_tuples(usual, [&](std::span<const ValueIndex> tuple, double cost) {
      std::size_t here = 0;
      for (std::size_t k = 0; k < tuple.size(); ++k)
        here = here * static_cast<std::size_t>(function.sizes[k]) + static_cast<std::size_t>(tuple[k]);
      for (; cell < here; ++cell) put(cell, usual);
      put(cell++, cost);
    });
    for (; cell < function.cell_count; ++cell) put(cell, usual);
  }

  const Problem& problem_;
  const WriteOptions& options_;
  FunctionListing functions_;
  double sign_ = 1;
};

}  // namespace

void write_uai(const Problem& problem, std::ostream& out, const WriteOptions& options) {
  UaiWriter(problem, options).write(out);
}

}  // namespace entente
