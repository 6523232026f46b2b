// SPDX-License-Identifier: MIT
// LocalCosts: a problem's costs laid out for the view kernels, and the constraint graph that messages travel on.
#pragma once

#include <cstdint>
#include <vector>

#include "entente/base/array.hpp"
#include "entente/problem/problem.hpp"
#include "kernel/local_view.hpp"

namespace entente::kernel {

/// Working tables of a problem, one row of own costs per directed edge and value of its other end.
///
/// Constraints between the same two variables are added into one table; constraints on one variable and the variables'
/// own costs into its unary row. Cells rest in single precision where every sum of them is exact there, else in double.
///
/// Memory  per binary constraint of domain size d, with S the row length (d rounded up to 2, 4, 8, 16, 32, 48 or 64):
///         2 d S cells of 4 or 8 bytes and 16 bytes of indices.
/// Cost    O(cells + edges log degree).
class LocalCosts {
 public:
  explicit LocalCosts(const Problem& problem);
  LocalCosts(const LocalCosts&) = delete;

  const LocalTables& tables() const { return tables_; }
  /// Distinct neighbours of each variable, ascending; `back` is the opposite direction of each edge.
  const std::uint32_t* first() const { return neighbours_first_ ? neighbours_first_ : first_.data(); }
  const std::uint32_t* neighbours() const { return neighbours_first_ ? neighbours_.data() : other_.data(); }
  const std::uint32_t* back() const { return neighbours_first_ ? neighbours_back_.data() : back_.data(); }
  /// A lower bound of each variable's local cost: every constraint at its best; -inf where that is not known.
  const double* lowest() const { return lowest_.data(); }
  /// Sum of (arity - 1) over each variable's constraints.
  const std::uint32_t* reach() const { return reach_.data(); }
  /// Bytes (1 or 4) a value takes in the values that kernels read.
  std::uint32_t value_bytes() const { return value_bytes_; }
  /// Position of a variable's row.
  std::size_t row_offset(VariableId v) const {
    return tables_.row_first ? tables_.row_first[v] : std::size_t(v) * tables_.stride;
  }
  std::size_t row_cells() const { return row_cells_; }  ///< Of all variables together.
  /// The part of the objective that does not depend on the assignment (constraints without variables).
  Evaluation constant() const { return constant_; }
  /// Turns doubled working costs into the problem's own.
  Evaluation decode(const DoubledCost& sum) const;
  std::size_t bytes() const;

 private:
  struct Survey;
  void choose_layout(Survey&);
  void lay_out_edges();
  void lay_out_wide();
  void lay_out_neighbours();
  template <class T>
  void fill();
  template <class T>
  void fill_unary(VariableId v, T* row) const;
  double working(double cost) const;
  bool is_edge(ConstraintId c) const;
  static void compute(const void* self, std::uint32_t function, std::uint32_t position, const void* values,
                      std::uint32_t value_bytes, bool single, void* row);
  static double cost_of(const void* self, std::uint32_t function, const std::uint32_t* tuple);

  const Problem problem_;
  double sign_;
  LocalTables tables_;
  Array<std::uint32_t> first_, other_, back_;
  const std::uint32_t* neighbours_first_ = nullptr;
  std::vector<std::uint32_t> own_first_, neighbours_, neighbours_back_;
  Array<std::uint64_t> table_first_, row_first_;
  Array<std::uint32_t> domains_, reach_;
  Array<std::byte> cells_, unary_, wide_cells_;
  std::vector<WidePlace> wide_;
  std::vector<std::uint32_t> wide_first_, members_;
  std::vector<WideFunction> functions_;
  std::vector<ConstraintId> wide_constraints_;
  std::vector<std::uint64_t> strides_;
  Array<double> lowest_;
  std::uint32_t value_bytes_ = 1;
  std::size_t row_cells_ = 0;
  Evaluation constant_;
};

}  // namespace entente::kernel
