// SPDX-License-Identifier: MIT
// FunctionFilling: a cost function that is given as a default and a list of tuples, on its way into a problem.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "problem/builder_state.hpp"

namespace entente {

/// A cost function that constraints of the same shape share: a table, a sparse table or the costs of one variable.
struct DefinedFunction {
  std::vector<ValueIndex> sizes;       ///< Of the domains of its scope.
  FunctionReference reference{no_id};  ///< Of two variables or more, or of none.
  std::vector<double> unary;           ///< Of one variable.
  double default_cost = 0;
};

/// Takes the tuples of one cost function after the other and decides how each is kept.
///
/// A function of one variable becomes the variable's own cost. A function of more becomes a table where that is small,
/// or at most some dozens of cells for each tuple that was given; else a sparse table. A few functions may be larger
/// tables all the same, so that whoever uses the problem has arrays to work on; a budget keeps a file from taking much
/// more memory than it is long.
class FunctionFilling {
 public:
  explicit FunctionFilling(ProblemBuilder& builder) : state_(builder.state()) {}

  /// Begins a function over `scope` in which every tuple costs `default_cost` and `tuples` others may follow. The scope
  /// is one that `check_scope` accepts.
  void begin(std::span<const VariableId> scope, double default_cost, std::uint64_t tuples, const Place& place);
  /// The values of the next tuple, in scope order, to be filled in; each has to be in its domain.
  std::span<ValueIndex> tuple() { return tuple_; }
  /// Sets the cost of `tuple()`. False if the tuple had another cost before; the new one counts.
  bool set(double cost);
  /// Ends the function and adds it to the problem.
  DefinedFunction end(std::string_view name);

  /// Adds `function` over another scope of the same shape.
  void share(std::string_view name, std::span<const VariableId> scope, const DefinedFunction& function,
             const Place& place);
  /// Throws unless `scope` has domains of the sizes of `function`.
  void check_shape(std::span<const VariableId> scope, const DefinedFunction& function, const Place& place) const;

  /// Product of the domain sizes of the scope begun last, `too_many_cells` if it does not fit.
  std::size_t cells() const { return cells_; }

 private:
  bool is_proportionate(std::uint64_t tuples) const;
  SparseTable sparse_table();

  ProblemBuilder::State& state_;
  Place place_;
  std::vector<VariableId> scope_;
  std::vector<ValueIndex> sizes_, tuple_;
  double default_cost_ = 0;
  std::size_t cells_ = 0;
  std::size_t budget_ = std::size_t(1) << 25;  // cells of tables larger than their list of tuples justifies
  bool dense_ = false;
  std::span<double> table_;         // dense: NaN where no cost was set; one variable: own_
  std::vector<double> own_;         // the costs of a single variable
  std::vector<ValueIndex> tuples_;  // not dense
  std::vector<double> costs_;
};

}  // namespace entente
