// SPDX-License-Identifier: MIT
// AgentBatch: the agents of a resource problem as arrays, and their answers to centres and prices.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "entente/problem/resource_problem.hpp"
#include "kernel/quadratic/active_set_qp.hpp"
#include "kernel/quadratic/separable.hpp"

namespace entente::quadratic {

/// An agent whose limits contradict each other, and how.
struct LocalConflict {
  std::size_t agent = 0;
  std::string why;
};

/// A number known to be no larger than it should be, and the size of what was added up.
struct SafeSum {
  double value = 0, size = 0;
  void add(double term) {
    value += term;
    size += term < 0 ? -term : term;
  }
  /// Below the true sum, whatever the rounding was.
  double safe() const { return value - 2e-14 * size; }
};

/// Agents of one dimension n, stored side by side. Points of all agents are arrays of size() x stride() numbers, stride
/// being n rounded up to a multiple of 8; what pads them is 0.
///
/// An agent's proximal step at a centre c: argmin over its limits of cost(x) + weight/2 ||x - c||^2. Separable costs in
/// a box with at most two rows have a kernel of their own, other agents an ActiveSetQp; both begin where they ended the
/// last time, so that steps of one agent must not run at the same time. Different agents' may.
class AgentBatch {
 public:
  explicit AgentBatch(std::size_t dimension);

  void reserve(std::size_t agents);
  /// With `with_cost` false its limits alone count.
  void add(const ResourceAgent& agent, bool with_cost = true);
  /// x = s direction with s in [0, 1], at cost linear'x.
  void add_ray(std::span<const double> direction, std::span<const double> linear);
  /// linear'x in a box under rows x <= rhs.
  void add_flexible(std::span<const double> lower, std::span<const double> upper, const DenseMatrix& rows,
                    std::span<const double> rhs, std::span<const double> linear);

  std::size_t size() const { return kind_.size(); }
  std::size_t dimension() const { return dimension_; }
  std::size_t stride() const { return stride_; }
  double weight() const { return weight_; }
  void set_weight(double weight);

  /// Proximal steps of agents [begin, end) at centres base + shift (base null: shift alone) into `x`. False if an
  /// agent's limits contradict each other: `conflict` tells then. `weight` is the last one that was set.
  bool step(const double* base, const double* shift, std::size_t begin, std::size_t end, double* x);
  /// The first agent for which `step` was false.
  std::optional<LocalConflict> conflict() const;
  /// Agent i's limits that contradict each other: bounds by coordinate, rows in the order they were given.
  std::vector<Contradiction> contradiction(std::size_t i) const;
  /// Multipliers of agent i's limits at its last step; empty if its costs have kinks.
  QpMultipliers multipliers(std::size_t i) const;

  /// Adds how agent i's last step answers to a change of weight * centre, n x n.
  void add_response(std::size_t i, const double* x, DenseMatrix& into) const;
  /// Adds a lower bound of min of cost_i(x) + prices'x over agent i's limits, from the multipliers of its last step and
  /// its x; -infinity where that bound would need limits that are not there.
  void add_least(std::size_t i, std::span<const double> prices, const double* x, SafeSum& sum) const;

  /// Typical size of a number's curvature, of its linear cost and of the width of its box (0: unknown).
  struct Scale {
    double curvature = 0, slope = 0, width = 0;
  };
  Scale scale() const;
  double lower(std::size_t i, std::size_t k) const { return lower_[i * stride_ + k]; }
  double upper(std::size_t i, std::size_t k) const { return upper_[i * stride_ + k]; }

 private:
  /// What agents with dense curvature, more rows, or kinks under rows need.
  struct General {
    DenseMatrix dense;  ///< Curvature beside the diagonal; without rows if there is none.
    std::vector<double> diagonal;
    std::vector<double> linear;
    double l1 = 0;
    double constant = 0;
    bool split = false;  ///< x = p - m with p, m >= 0, since |x| has a cost.
    LinearLimits limits;
    std::unique_ptr<ActiveSetQp> solver;
    double weight = -1;  ///< The solver's.
    std::vector<double> gradient;
  };

  void add_numbers(std::span<const double> quadratic, std::span<const double> linear, double l1,
                   std::span<const double> lower, std::span<const double> upper);
  void add_row(std::span<const double> row, double rhs, bool equal);
  void make_general(std::size_t i);
  void prepare(General& general) const;
  bool general_step(std::size_t i, const double* base, const double* shift, double* x);
  void add_separable_least(std::size_t i, std::span<const double> slope, SafeSum& sum, double curvature) const;
  double least_curvature(const DenseMatrix& b) const;

  std::size_t dimension_, stride_;
  double weight_ = 0;
  std::vector<double> lower_, upper_, linear_, curvature_, inverse_, l1_, constant_;
  std::vector<std::uint8_t> kind_, unsolved_, by_general_;  // by_general_: who made the last step
  std::vector<std::int64_t> first_row_;
  std::vector<double> rows_, rhs_, multipliers_;
  std::vector<std::uint8_t> equal_, row_count_;
  std::vector<std::unique_ptr<General>> general_;
};

}  // namespace entente::quadratic
