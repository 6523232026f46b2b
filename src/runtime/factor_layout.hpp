// SPDX-License-Identifier: MIT
// FactorLayout: a problem as a factor graph in flat arrays, factors of equal shape side by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "entente/base/array.hpp"
#include "entente/kernel/cost_kernels.hpp"
#include "entente/problem/problem.hpp"
#include "runtime/factor_costs.hpp"

namespace entente::runtime {

/// Variables with domains of one size. Inside, variables are numbered by class, and by id within a class.
struct VariableClass {
  std::uint32_t size = 0, stride = 0;  ///< Values; numbers in a row (`size` and zeros).
  std::uint32_t first = 0, count = 0;
  Array<std::byte> prior;  ///< A row per variable: own costs and preferences.

  // Chunks of variables are handled by one thread each; slots of edges are sorted by chunk.
  std::uint32_t chunk = 0;                ///< Variables in a chunk.
  std::vector<std::uint64_t> slot_first;  ///< One more than chunks.
  Array<std::uint32_t> slot_row;          ///< Which variable of the class the edge of a slot ends at.
  std::uint32_t chunks() const { return chunk ? (count + chunk - 1) / chunk : 0; }
};

/// Factors of one shape: the same domain sizes by position. Dealt into blocks of `groups` groups of `lanes` factors,
/// sorted by first variable. In every per-edge array a block holds its positions one after the other.
struct FactorClass {
  std::vector<std::uint32_t> sizes;
  std::vector<std::uint32_t> variables;  ///< By position: variable class.
  std::uint32_t lanes = 1, groups = 1;
  bool enumerated = false;                   ///< Too large for tables: one factor a block, read from the problem.
  std::vector<ConstraintId> constraints;     ///< In layout order.
  std::size_t everywhere = 0;                ///< Factors of this shape in the whole problem.
  std::vector<kernel::MessageShape> shapes;  ///< By position, of a full block.
  std::vector<std::size_t> offsets;          ///< By position: first number within a block's messages; last: their sum.
  kernel::TableShape table;                  ///< Of a full block.
  Array<std::byte> tables;
  Array<std::uint32_t> index;  ///< Row of each edge within its variable class.
  Array<std::uint32_t> slot;   ///< Slot of each edge within its variable class; may be empty.
  Array<std::uint8_t> early;   ///< Of each edge: 1 if the variable comes before the factor. Empty: no order is kept.

  std::uint32_t arity() const { return static_cast<std::uint32_t>(sizes.size()); }
  std::uint32_t factors() const { return lanes * groups; }  ///< Of a full block.
  std::size_t blocks() const { return (constraints.size() + factors() - 1) / factors(); }
  std::uint32_t count_in(std::size_t block) const;  ///< Factors of a block.
  /// Where the entry of factor i of a block at a position is found in `index` and `slot`.
  std::size_t edge(std::size_t block, std::uint32_t position, std::uint32_t i) const {
    return (block * arity() + position) * factors() + i;
  }
};

/// Where a variable's own costs are, for reporting.
struct OwnCosts {
  std::uint32_t variable = 0;  ///< As numbered inside.
  std::uint64_t first = 0;     ///< Its first entry in FactorLayout::own_cost.
};

/// Which part of a problem is laid out.
struct FactorSelection {
  const std::uint8_t* constraints = nullptr;  ///< By ConstraintId: 1 for those that are; null: all.
  bool tables = true;                         ///< Else only who is where.
};

class FactorLayout {
 public:
  /// `preferences` adds a variable's preferences to a row of zeros, given its number of factors.
  using Preferences = std::function<void(VariableId, std::uint32_t degree, std::span<double>)>;

  /// Cost O(cells + edges log edges). Ends early when `stop` returns true: see `stopped`. What lies side by side does
  /// not depend on what is selected, so that factors answer the same, bit for bit.
  FactorLayout(const Problem& problem, const FactorCosts& costs, const kernel::CostKernels& kernels,
               const Preferences& preferences, const std::function<bool()>& stop, FactorSelection selection = {});

  /// Sorts slots for deliveries between threads. Cost O(edges).
  void make_slots();

  bool stopped() const { return stopped_; }
  std::vector<VariableClass>& variable_classes() { return variables_; }
  std::vector<FactorClass>& factor_classes() { return factors_; }
  std::uint32_t inside(VariableId variable) const { return inside_[variable]; }
  std::uint64_t edges() const { return edges_; }

  std::vector<OwnCosts> own;            ///< Variables with costs of their own, by number.
  std::vector<double> own_cost;         ///< Working costs by value, hard ones left out,
  std::vector<std::uint32_t> own_hard;  ///< and how many of those there are.

 private:
  void number_variables();
  void sort_factors();
  void sort_by_first_variable(std::vector<ConstraintId>& constraints) const;
  void shape(FactorClass& factors) const;
  void fill(FactorClass& factors);
  void fill_table(const FactorClass& factors, std::size_t factor);
  void add_own_costs(const Preferences& preferences);

  const Problem& problem_;
  const FactorCosts& costs_;
  const kernel::CostKernels& kernels_;
  const std::function<bool()>& stop_;
  const FactorSelection selection_;
  bool stopped_ = false;
  std::uint64_t edges_ = 0;
  std::vector<std::uint32_t> inside_, class_of_;
  std::vector<VariableClass> variables_;
  std::vector<FactorClass> factors_;
};

}  // namespace entente::runtime
