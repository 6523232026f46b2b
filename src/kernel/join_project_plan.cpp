// SPDX-License-Identifier: MIT
// Decides block, loops, what is hoisted, and the layout of the result.
#include "kernel/join_project_plan.hpp"

#include <algorithm>
#include <numeric>

#include "entente/base/error.hpp"
#include "kernel/join_project_kernels.hpp"

namespace entente::kernel {
namespace {

// Cells of one block times the values of the own variable: 16 KiB of costs, half of a first-level cache.
constexpr std::uint64_t target_cells = 2048;
constexpr std::uint64_t shortest_block = 64, longest_block = 512;
// An input with fewer cells than this part of the sum's does not decide the order of variables.
constexpr double small_share = 64;
// What adding a row costs by its kind, in cells of a contiguous one.
constexpr double dense_cost = 1, scattered_cost = 4;

}  // namespace

void JoinPlan::prepare(std::span<const TableView> tables, Dimension own, std::span<const Dimension> separator) {
  own_size = static_cast<std::uint64_t>(own.size);
  offsets.clear();
  active_.clear();
  for (const Dimension& dimension : separator)
    if (dimension.size > 1) active_.push_back(dimension);
  read_strides(tables, own.variable);
  order_variables(tables);
  choose_block();
  classify_inputs();
  order_loops();
  lay_out_result(separator);
}

void JoinPlan::read_strides(std::span<const TableView> tables, VariableId own) {
  inputs.assign(tables.size(), {});
  strides_.assign(tables.size() * active_.size(), 0);
  for (std::size_t k = 0; k < tables.size(); ++k) {
    std::uint64_t cells = 1;
    for (std::size_t i = tables[k].scope.size(); i-- > 0;) {
      const VariableId variable = tables[k].scope[i];
      const ValueIndex size = tables[k].sizes[i];
      if (variable == own) {
        if (size > 1) inputs[k].own_stride = cells;
      } else if (size > 1) {
        const auto found = std::find_if(active_.begin(), active_.end(),
                                        [&](const Dimension& dimension) { return dimension.variable == variable; });
        if (found == active_.end())
          throw Error(ErrorCode::internal, "a cost table to be joined has a variable outside the separator");
        stride(k, static_cast<std::size_t>(found - active_.begin())) = cells;
      }
      cells *= static_cast<std::uint64_t>(size);
    }
  }
}

// An input that is large beside the sum is read as it lies; variables it lacks go outside, where loops over them can
// leave it alone. Otherwise all inputs are read seldom, and the caller's order suits the step after this one.
void JoinPlan::order_variables(std::span<const TableView> tables) {
  order_.resize(active_.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::size_t largest = 0;
  double most = 0, sum = static_cast<double>(own_size);
  for (std::size_t k = 0; k < tables.size(); ++k)
    if (const auto cells = static_cast<double>(cell_count(tables[k].sizes)); cells > most) largest = k, most = cells;
  for (const Dimension& dimension : active_) sum *= static_cast<double>(dimension.size);
  if (most * small_share < sum) return;
  std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t left, std::uint32_t right) {
    const std::uint64_t a = stride(largest, left), b = stride(largest, right);
    if (a == 0 || b == 0) return a == 0 && b != 0;
    return a > b;
  });
}

void JoinPlan::choose_block() {
  const std::uint64_t longest = std::clamp(target_cells / own_size, shortest_block, longest_block);
  inner = 1;
  first_inner_ = order_.size();
  while (first_inner_ > 0) {
    const auto size = static_cast<std::uint64_t>(active_[order_[first_inner_ - 1]].size);
    if (inner * size > longest) break;
    inner *= size;
    --first_inner_;
  }
  block = inner;
  if (first_inner_ == order_.size() && !order_.empty()) {  // the innermost variable alone is longer than a block
    --first_inner_;
    inner = static_cast<std::uint64_t>(active_[order_[first_inner_]].size);
    block = longest;
  }
  own_chunk = std::min(own_size, std::max<std::uint64_t>(1, 4 * target_cells / block));
}

void JoinPlan::classify_inputs() {
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    bool none = true, dense = true;
    std::uint64_t cells = 1;
    for (std::size_t i = order_.size(); i-- > first_inner_;) {
      const std::uint64_t here = stride(k, order_[i]);
      none = none && here == 0;
      dense = dense && here == cells;
      cells *= static_cast<std::uint64_t>(active_[order_[i]].size);
    }
    inputs[k].kind = none ? Kind::scalar : dense ? Kind::dense : Kind::scattered;
    if (first_inner_ < order_.size()) inputs[k].inner_stride = stride(k, order_.back());
    if (inputs[k].kind == Kind::scattered) inputs[k].offsets = add_offsets(&strides_[k * active_.size()]);
  }
}

void JoinPlan::order_loops() {
  // Loops that disturb few rows go inside.
  loop_order_.assign(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(first_inner_));
  loop_cost_.assign(active_.size(), 0);
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (inputs[k].kind == Kind::scalar) continue;
    for (const std::uint32_t variable : loop_order_)
      if (stride(k, variable) != 0) loop_cost_[variable] += inputs[k].kind == Kind::dense ? dense_cost : scattered_cost;
  }
  std::stable_sort(loop_order_.begin(), loop_order_.end(),
                   [&](std::uint32_t left, std::uint32_t right) { return loop_cost_[left] > loop_cost_[right]; });

  loops.assign(loop_order_.size(), {});
  steps.clear();
  for (std::size_t l = 0; l < loops.size(); ++l) {
    loops[l].size = static_cast<std::uint64_t>(active_[loop_order_[l]].size);
    loops[l].first_step = steps.size();
    for (std::size_t k = 0; k < inputs.size(); ++k)
      if (const std::uint64_t here = stride(k, loop_order_[l]); here != 0) {
        steps.push_back({static_cast<std::uint32_t>(k), here});
        inputs[k].level = static_cast<std::uint32_t>(l + 1);
        if (l + 1 == loops.size()) inputs[k].last_stride = here;
      }
    loops[l].last_step = steps.size();
  }

  level_first.assign(loops.size() + 2, 0);
  for (const Input& input : inputs) ++level_first[input.level + 1];
  std::partial_sum(level_first.begin(), level_first.end(), level_first.begin());
  by_level.resize(inputs.size());
  std::iota(by_level.begin(), by_level.end(), 0);
  std::stable_sort(by_level.begin(), by_level.end(),
                   [&](std::uint32_t left, std::uint32_t right) { return inputs[left].level < inputs[right].level; });

  std::size_t streamed = 0;
  bool hoisted = false;
  for (const Input& input : inputs) {
    if (input.kind == Kind::scalar) continue;
    if (input.level == last_level())
      ++streamed;
    else
      hoisted = true;
  }
  folded = streamed + (hoisted ? 1 : 0) > max_streams;
}

// Blocks are written as they are computed, unless the next variable to be eliminated would end up among the innermost:
// then as the caller lists the separator, that variable outermost.
void JoinPlan::lay_out_result(std::span<const Dimension> separator) {
  bool as_listed = false;
  if (!separator.empty() && separator[0].size > 1)
    for (std::size_t i = first_inner_; i < order_.size(); ++i) as_listed = as_listed || order_[i] == 0;

  result_scope.clear();
  result_sizes.clear();
  for (const Dimension& dimension : separator)
    if (dimension.size == 1) {
      result_scope.push_back(dimension.variable);
      result_sizes.push_back(1);
    }
  result_strides_.assign(active_.size(), 0);
  std::uint64_t cells = 1;
  for (std::size_t i = active_.size(); i-- > 0;) {
    const std::size_t variable = as_listed ? i : order_[i];
    result_strides_[variable] = cells;
    cells *= static_cast<std::uint64_t>(active_[variable].size);
  }
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const Dimension& dimension = active_[as_listed ? i : order_[i]];
    result_scope.push_back(dimension.variable);
    result_sizes.push_back(dimension.size);
  }

  std::uint64_t dense = 1;
  result_scattered = false;
  for (std::size_t i = order_.size(); i-- > first_inner_;) {
    result_scattered = result_scattered || result_strides_[order_[i]] != dense;
    dense *= static_cast<std::uint64_t>(active_[order_[i]].size);
  }
  result_inner_stride = order_.empty() ? 0 : result_strides_[order_.back()];
  if (result_scattered) result_offsets = add_offsets(result_strides_.data());
  for (std::size_t l = 0; l < loops.size(); ++l) loops[l].result_stride = result_strides_[loop_order_[l]];
}

// Appends, for every cell of a block, its distance from the block's first in a table with these strides.
std::size_t JoinPlan::add_offsets(const std::uint64_t* strides) {
  const std::size_t first = offsets.size();
  offsets.push_back(0);
  for (std::size_t i = order_.size(); i-- > first_inner_;) {  // repeat what is there, shifted, per value
    const std::size_t known = offsets.size() - first;
    const auto size = std::min(static_cast<std::uint64_t>(active_[order_[i]].size), block);
    for (std::uint64_t value = 1; value < size; ++value)
      for (std::size_t c = 0; c < known; ++c) offsets.push_back(offsets[first + c] + value * strides[order_[i]]);
  }
  return first;
}

}  // namespace entente::kernel
