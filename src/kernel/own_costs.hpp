// SPDX-License-Identifier: MIT
// OwnCosts: the costs around each variable as its computation believes them, for algorithms that change them.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/local_costs.hpp"

namespace entente::kernel {

/// A copy of a problem's tables in which every variable has its own copy of each constraint around it: binary tables
/// lie once per direction anyhow, wide ones once per member here, computed ones tabulated.
///
/// Memory  as much as the binary tables take, and for each wide constraint one table per member and one besides.
class OwnCosts {
 public:
  /// Throws Error{too_large} for a computed constraint of more than 2^24 cells.
  explicit OwnCosts(const LocalCosts& costs);
  OwnCosts(const OwnCosts&) = delete;

  /// What the computations believe; starts equal to `truth`.
  const LocalTables& believed() const { return believed_; }
  /// The problem's own costs, wide constraints tabulated.
  const LocalTables& truth() const { return truth_; }
  /// Lowest and highest cost of each directed edge's table, then of each wide place.
  const double* extremes() const { return extremes_.data(); }
  std::size_t bytes() const;

 private:
  template <class T>
  void fill(const LocalCosts& costs);

  LocalTables truth_, believed_;
  Array<std::byte> cells_, wide_truth_, wide_believed_;
  std::vector<WideFunction> functions_, places_;
  std::vector<WidePlace> wide_;
  std::vector<double> extremes_;
};

}  // namespace entente::kernel
