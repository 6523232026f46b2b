// SPDX-License-Identifier: MIT
// DualBound: a proven bound on what any assignment costs, by moving costs between constraints and variables.
#pragma once

#include <cstdint>
#include <vector>

#include "entente/base/array.hpp"
#include "entente/problem/problem.hpp"
#include "kernel/least_costs.hpp"
#include "kernel/stop_signal.hpp"

namespace entente {

/// The sum of every constraint's and variable's lowest cost bounds the cost of every assignment. Costs are moved
/// between the two, which changes no assignment's cost, so that this sum grows: towards the bound of the local linear
/// relaxation.
///
/// Work is counted in cells read. Deterministic. Constraints that are computed when asked have no known lowest cost:
/// then nothing is known.
///
/// Memory  a number per constraint, variable and value, from the first `sweep` on.
/// From    Kolmogorov, "Convergent tree-reweighted message passing for energy minimization", IEEE PAMI 28 (2006), and
///         "A new look at reweighted message passing", IEEE PAMI 37 (2015) for constraints on more than two variables.
class DualBound {
 public:
  /// The problem must outlive what follows. Reads every table once.
  explicit DualBound(const Problem& problem);
  DualBound(const DualBound&) = delete;
  DualBound& operator=(const DualBound&) = delete;

  /// Whether a bound exists.
  bool known() const { return known_; }
  /// In the problem's own costs: no assignment without violated hard constraints is better than this.
  double value() const;

  /// Cells that one `sweep` reads, and bytes that the first will take.
  std::uint64_t sweep_work() const { return sweep_work_; }
  std::uint64_t sweep_bytes() const { return sweep_bytes_; }
  /// Moves costs once along all variables, first forwards, then backwards, in turn; the bound never gets worse. Returns
  /// by how much it got better, or 0 when `stop` was raised.
  double sweep(const StopSignal& stop = {});

 private:
  struct Factor {
    ConstraintId constraint;
    const double* cells;
    std::uint64_t taken;  ///< Where its numbers start.
  };

  void prepare();
  void settle(VariableId variable);
  double margin() const;

  const Problem& problem_;
  const kernel::LeastCosts& loops_;
  double sign_, cap_ = 0;
  bool known_ = true, whole_ = true;  ///< whole: all finite costs are whole numbers.
  double constant_ = 0;               ///< What no value of a variable changes.
  double lowest_ = 0;                 ///< The bound, in working costs, before rounding is allowed for.
  double best_;                       ///< The best bound so far, rounding allowed for.
  double largest_ = 0;                ///< Of all numbers that took part, in size.
  std::uint64_t terms_ = 0, sweeps_ = 0, sweep_work_ = 0, sweep_bytes_ = 0;
  bool forwards_ = true;
  std::vector<std::vector<double>> spread_;  ///< Sparse functions as tables, where that is small.
  std::vector<Factor> factors_;
  std::vector<std::uint32_t> factor_of_;  ///< By constraint; `no_id`: takes part with its lowest cost alone.
  std::vector<std::uint64_t> own_first_;  ///< Of each variable's row of own costs.
  Array<double> own_, taken_;
  std::vector<double> least_, sum_;
  std::vector<const double*> rows_;  ///< Of the constraint at hand: what is taken off,
  std::vector<ValueIndex> sizes_;    ///< and domains.
};

}  // namespace entente
