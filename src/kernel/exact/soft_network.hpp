// SPDX-License-Identifier: MIT
// SoftNetwork: a core network in the middle of a search, kept softly arc consistent, which can go back level by level.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "kernel/exact/core_network.hpp"
#include "kernel/exact/position_set.hpp"
#include "kernel/exact/soft_kernels.hpp"
#include "kernel/exact/trail.hpp"

namespace entente {

/// Costs move between functions, values and a constant so that every assignment costs what it did; the constant is a
/// lower bound. `propagate` keeps the network existentially directionally arc consistent (EDAC*) where functions have
/// two variables left, and where those with more are small tables; variables with at most two neighbours are
/// eliminated as soon as there are any. A variable's number is its place in the order that directs the costs: they
/// flow to lower ones.
///
/// Functions keep their cells; what has moved out of them is noted by value, as Cooper & Schiex ("Arc consistency for
/// soft constraints", Artificial Intelligence 154 (2004) 199-227) have it.
/// From    de Givry, Heras, Zytnicki & Larrosa, "Existential arc consistency: getting closer to full arc consistency in
///         weighted CSPs", IJCAI 2005; Larrosa, "Boosting search with variable elimination", CP 2000.
class SoftNetwork {
 public:
  /// `core` must outlive this.
  SoftNetwork(const CoreNetwork& core, std::uint64_t memory);

  std::uint32_t size() const { return static_cast<std::uint32_t>(core_.sizes.size()); }
  /// Every completion costs at least this much.
  double bound() const { return constant_; }
  /// Only assignments that cost less than this are of interest.
  double top() const { return top_; }
  void set_top(double top) {
    top_ = top;
    prune_ = true;
  }

  std::size_t depth() const { return levels_.size(); }
  void push();
  void pop();

  // Each of these returns false if no assignment below the top is left; the level must be popped then.
  /// Leaves the variable its values from `low` to `high`, or all others if not `inside`.
  bool keep(std::uint32_t variable, ValueIndex low, ValueIndex high, bool inside);
  bool propagate();
  /// Raises the bound by sweeps to and fro over all variables, then propagates; for the root of a search.
  /// From  Kolmogorov, "Convergent tree-reweighted message passing", IEEE TPAMI 28 (2006) 1568-1583.
  bool diffuse();

  /// Variables that have neither a value nor been eliminated, in no particular order. Each has two values at least.
  std::span<const std::uint32_t> open() const { return {open_.data(), open_count_}; }
  bool is_open(std::uint32_t variable) const { return open_place_[variable] < open_count_; }
  /// Values that are left, in no particular order.
  std::span<const ValueIndex> values(std::uint32_t variable) const {
    return {values_.data() + first_value_[variable], live_[variable]};
  }
  bool is_left(std::uint32_t variable, ValueIndex value) const { return unary(variable)[value] < infinity; }
  const double* unary(std::uint32_t variable) const { return trail_.cells(unary_[variable]); }
  /// A value without cost that had free company in every function when last looked at.
  ValueIndex support(std::uint32_t variable) const { return support_[variable]; }
  /// How often functions of this variable have failed, and their number.
  double weight(std::uint32_t variable) const;

  /// The assignment when no variable is open; costs `bound()`.
  void read_assignment(std::span<ValueIndex> out) const;

  /// `watch` is asked now and then during `propagate`, which returns early, with some costs not moved yet, once it says
  /// true. Null: nobody is asked. Must outlive what follows.
  void set_watch(const std::function<bool()>* watch) { watch_ = watch; }

  /// Whether a function of the core has had any part in what became of costs and values, at any level.
  bool is_used(std::uint32_t function) const { return used_[function]; }

  /// Cells looked at so far.
  std::uint64_t work() const { return work_; }
  /// What it holds at the moment, in bytes.
  std::uint64_t bytes() const;
  /// Existential supports are repaired only if the bound rises by more than that: crumbs are not worth their moving.
  void set_least_rise(double rise) { least_rise_ = rise; }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  static constexpr std::uint32_t none = ~std::uint32_t(0);

  /// A function over two variables.
  struct Pair {
    std::uint32_t variable[2];
    const double* rows[2];     ///< rows[k]: over the values of variable[k], one for each value of the other.
    std::uint32_t shifted[2];  ///< In the trail: what has moved from the function to each value of variable[k].
    std::uint32_t origin;      ///< Whose weight it adds to.
    std::size_t company[2];    ///< In company_: for each value of variable[k] one of the other's that was cheapest.
  };
  /// A function over more variables.
  struct Table {
    const CoreFunction* function;
    std::vector<std::uint32_t> shifted;  ///< By place in the scope.
    std::vector<std::uint64_t> stride;
    std::uint32_t left;    ///< Variables of the scope that are not settled.
    std::uint32_t origin;  ///< Whose weight it adds to.
    bool active = true;
  };
  struct Eliminated {
    std::uint32_t variable, first, second;  ///< The functions it was in, or none.
  };
  enum class Change : std::uint32_t { value, unlink, link, table_left, table_off };
  struct Undo {
    Change change;
    std::uint32_t what, old;
  };
  struct Level {
    double constant;
    std::size_t undo, pairs, eliminated;
    std::uint32_t open;
    CellStack::Mark cells;
  };

  // soft_network.cpp: making, going back, links
  void append_pair(std::uint32_t x, std::uint32_t y, const double* over_x, const double* over_y, std::uint32_t origin);
  void add_pair(const CoreFunction& function, std::uint32_t origin);
  void add_table(const CoreFunction& function, std::uint32_t origin);
  std::uint32_t end_of(std::uint32_t edge) const { return pairs_[edge / 2].variable[edge % 2]; }
  void link(std::uint32_t edge);
  void unlink(std::uint32_t edge);
  void relink(std::uint32_t edge);
  void close(std::uint32_t variable);

  // soft_values.cpp: values and their costs
  void discard(std::uint32_t variable, ValueIndex value);
  bool raise(std::uint32_t variable, std::uint32_t shifted, const double* by);
  bool normalise(std::uint32_t variable, bool lost_zero);
  bool prune(std::uint32_t variable);
  bool prune_all();
  bool settle(std::uint32_t variable);
  void fail();
  void use(std::uint32_t origin) { used_[culprit_ = origin] = true; }

  // soft_pairs.cpp: functions of two variables
  bool project(std::uint32_t edge);
  bool project_fully(std::uint32_t edge);
  double projection(std::uint32_t edge, bool full, double* out);
  double projection_by_company(std::uint32_t edge, bool full, double* out);
  void disturb_tables(std::uint32_t variable);
  bool support_neighbours(std::uint32_t variable);
  bool support_lower(std::uint32_t variable);
  bool support_existentially(std::uint32_t variable);
  void stir(std::uint32_t variable);
  bool spread(std::uint32_t variable, bool upwards);  // soft_diffusion.cpp

  // soft_elimination.cpp: functions that become smaller
  std::uint32_t pair_of(std::uint32_t x, std::uint32_t y) const;
  double* new_rows(std::uint32_t x, std::uint32_t y);
  bool replace_pair(std::uint32_t x, std::uint32_t y, double* rows, std::uint32_t origin);
  bool eliminate(std::uint32_t variable);
  bool eliminate_between(std::uint32_t variable, std::uint32_t first, std::uint32_t second);
  bool shrink_table(std::uint32_t table);

  // soft_tables.cpp: functions of more variables
  bool support_table(std::uint32_t table);
  bool is_small(const Table& table) const;
  void forget_spent();
  void spend(const Table& table);
  void table_minima(const Table& table, std::size_t place, double* out);
  double table_projection(const Table& table, std::size_t place, bool full, double* out);
  bool project_table(std::uint32_t table, std::size_t place, bool full);

  const CoreNetwork& core_;
  const kernel::SoftKernels& kernels_;
  std::uint64_t memory_;
  double top_ = infinity, constant_ = 0, least_rise_ = 0;
  std::uint64_t work_ = 0, next_look_ = 0;
  const std::function<bool()>* watch_ = nullptr;

  // By variable.
  std::vector<std::uint32_t> width_, unary_, live_, degree_, table_degree_;
  std::vector<std::size_t> first_value_;
  std::vector<ValueIndex> values_, value_place_, support_;
  std::vector<std::uint32_t> open_, open_place_;
  std::uint32_t open_count_ = 0;

  // Functions. Edge 2f+k is end k of pair f; each variable's edges are a ring through sentinel `ring(variable)`.
  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> next_, previous_;
  std::uint32_t ring(std::uint32_t variable) const { return variable; }
  std::uint32_t knot(std::uint32_t edge) const { return static_cast<std::uint32_t>(core_.sizes.size()) + edge; }
  std::uint32_t edge_at(std::uint32_t knot) const { return knot - static_cast<std::uint32_t>(core_.sizes.size()); }
  std::vector<std::unique_ptr<double[]>> cells_;
  std::vector<ValueIndex> company_;
  std::vector<Table> tables_;
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> tables_of_;  ///< Table and place.
  std::vector<double> weights_;                                                  ///< By origin: function of the core.
  std::vector<bool> used_;                                                       ///< By origin.

  // Going back.
  Trail trail_;
  CellStack stack_;
  std::vector<Undo> undo_;
  std::vector<Level> levels_;
  std::vector<Eliminated> eliminated_;

  // What `propagate` still has to look at.
  PositionSet assigned_, shrunk_, few_, raised_, existential_, stirred_, restless_tables_;
  bool prune_ = true;
  std::uint32_t culprit_ = none;

  std::vector<double> scratch_, more_scratch_, sums_;
  std::vector<std::vector<double>> terms_;  ///< Of a table, by place and value.
  std::vector<std::pair<std::size_t, std::size_t>> odometer_;
  std::vector<std::uint32_t> spent_;  ///< By variable: mark_ if its values' costs are counted on elsewhere.
  std::uint32_t mark_ = 0;
};

}  // namespace entente
