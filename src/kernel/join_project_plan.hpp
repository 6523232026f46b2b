// SPDX-License-Identifier: MIT
// JoinPlan: in which order join-and-project walks the cells of its inputs, decided from their shapes alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernel/cost_table.hpp"

namespace entente::kernel {

/// The separator's cells are walked as blocks of neighbouring cells (`block` of them, which stay in the first-level
/// cache for all values of the own variable) inside loops over the other variables. An input that does not change in
/// the inner loops is added up once outside of them. A cost is always summed in this order:
///
///   (sum of the scalars) + (sum of the hoisted rows) + streamed row + streamed row + …
///
/// where a *row* is an input that varies within a block and a *scalar* one that does not. The order depends on shapes
/// only, so that the best value found later from the same inputs agrees to the last bit.
///
/// Variables with one value take no part. Reuse one plan for many steps: it keeps its memory.
class JoinPlan {
 public:
  /// How an input's cells lie within a block: one for all, next to each other, or anywhere (`offsets`).
  enum class Kind : std::uint8_t { scalar, dense, scattered };

  struct Input {
    Kind kind = Kind::scalar;
    std::uint32_t level = 0;         ///< The innermost loop it changes in, counted from 1; 0 for none.
    std::uint64_t own_stride = 0;    ///< Cells from one value of the own variable to the next.
    std::uint64_t inner_stride = 0;  ///< Cells from one value of the innermost variable to the next.
    std::uint64_t last_stride = 0;   ///< Cells from one step of the last loop to the next.
    std::size_t offsets = 0;         ///< Scattered: where its part of `offsets` begins, an entry a run.
    std::uint64_t run = 1;           ///< Scattered: so many neighbouring cells of a block lie next to each other.
  };
  /// One cell further in a loop, `input` moves by `stride` cells.
  struct Step {
    std::uint32_t input;
    std::uint64_t stride;
  };
  struct Loop {
    std::uint64_t size = 1;
    std::uint64_t result_stride = 0;
    std::size_t first_step = 0, last_step = 0;  ///< Its part of `steps`.
  };

  /// `separator` holds all variables of the inputs but `own`, in the order of the result.
  /// Cost  O(inputs * separator + sum of arities), no dependence on domain sizes beyond one block.
  void prepare(std::span<const TableView> tables, Dimension own, std::span<const Dimension> separator);

  /// Returns the order of variables in which `prepare` will walk, and would like those tables to lie that come after
  /// the first `settled` ones, whose layout is not decided yet. Cells of tables are not read here or there.
  std::vector<Dimension> preferred_order(std::span<const TableView> tables, std::size_t settled, Dimension own,
                                         std::span<const Dimension> separator);

  std::uint64_t own_size = 1, own_chunk = 1;  ///< Values of the own variable, and how many are taken at a time.
  std::uint64_t inner = 1, block = 1;         ///< Cells of the inner variables, and how many are taken at a time.
  std::vector<Loop> loops;                    ///< Outermost first; level l is loops[l - 1].
  std::vector<Step> steps;
  std::vector<Input> inputs;
  std::vector<std::uint32_t> by_level;   ///< Inputs by ascending level, then as given.
  std::vector<std::size_t> level_first;  ///< Size loops + 2: level l is by_level[level_first[l] .. level_first[l+1]).
  std::vector<std::uint64_t> offsets;
  bool folded = false;  ///< Too many streamed rows: they are summed like hoisted ones.

  bool result_scattered = false;  ///< Else a block of the result is contiguous.
  std::uint64_t result_inner_stride = 0;
  std::size_t result_offsets = 0;  ///< As for inputs.
  std::uint64_t result_run = 1;

  std::uint32_t last_level() const { return static_cast<std::uint32_t>(loops.size()); }
  std::span<const std::uint32_t> inputs_of_level(std::uint32_t level) const {
    return {by_level.data() + level_first[level], level_first[level + 1] - level_first[level]};
  }

 private:
  void read_shapes(std::span<const TableView> tables, Dimension own, std::span<const Dimension> separator);
  void order_variables(std::span<const TableView> tables, std::size_t settled);
  void choose_block();
  void classify_inputs();
  void order_loops();
  void merge_loops();
  void sort_inputs_by_level();
  void lay_out_result();
  std::uint64_t run_of(const std::uint64_t* strides) const;
  std::size_t add_offsets(const std::uint64_t* strides, std::uint64_t run);
  std::uint64_t& stride(std::size_t input, std::size_t variable) { return strides_[input * active_.size() + variable]; }

  std::vector<Dimension> active_;          // separator variables with more than one value
  std::vector<std::uint64_t> strides_;     // inputs x active variables
  std::vector<std::uint32_t> order_;       // active variables, outermost first
  std::vector<std::uint32_t> loop_order_;  // those outside the block, in the order of the loops
  std::vector<double> lacked_;             // by active variable: cells of the large inputs that lack it
  std::vector<double> loop_cost_;
  std::vector<std::uint64_t> result_strides_;  // by active variable
  std::size_t first_inner_ = 0;                // order_[first_inner_ ..] are the block
};

}  // namespace entente::kernel
