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
constexpr std::uint64_t enough_block = 8;  // rather than longer with variables that a large input lacks
constexpr std::uint64_t shortest_run = 4;  // below, cells are copied one by one
// An input with fewer cells than this part of the sum's does not decide the order of variables.
constexpr double small_share = 64;
// What adding a row costs by its kind, in cells of a contiguous one.
constexpr double dense_cost = 1, scattered_cost = 4;

/// Sorts a handful of entries and keeps the order of equal ones. Unlike std::stable_sort, it needs no memory.
template <typename Less>
void sort_few(std::vector<std::uint32_t>& entries, Less less) {
  for (std::size_t i = 1; i < entries.size(); ++i)
    for (std::size_t j = i; j > 0 && less(entries[j], entries[j - 1]); --j) std::swap(entries[j], entries[j - 1]);
}

}  // namespace

void JoinPlan::prepare(std::span<const TableView> tables, Dimension own, std::span<const Dimension> separator) {
  read_shapes(tables, own, separator);
  order_variables(tables, tables.size());
  choose_block();
  lay_out_result();
  classify_inputs();
  order_loops();
  sort_inputs_by_level();
}

std::vector<Dimension> JoinPlan::preferred_order(std::span<const TableView> tables, std::size_t settled, Dimension own,
                                                 std::span<const Dimension> separator) {
  read_shapes(tables, own, separator);
  order_variables(tables, settled);
  std::vector<Dimension> result;
  for (const std::uint32_t variable : order_) result.push_back(active_[variable]);
  return result;
}

void JoinPlan::read_shapes(std::span<const TableView> tables, Dimension own, std::span<const Dimension> separator) {
  own_size = static_cast<std::uint64_t>(own.size);
  offsets.clear();
  active_.clear();
  for (const Dimension& dimension : separator)
    if (dimension.size > 1) active_.push_back(dimension);
  inputs.assign(tables.size(), {});
  strides_.assign(tables.size() * active_.size(), 0);
  for (std::size_t k = 0; k < tables.size(); ++k) {
    std::uint64_t cells = 1;
    for (std::size_t i = tables[k].scope.size(); i-- > 0;) {
      const VariableId variable = tables[k].scope[i];
      const ValueIndex size = tables[k].sizes[i];
      if (variable == own.variable) {
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

// Variables that large inputs lack go outside, where loops over them can leave those inputs alone, and the block holds
// what all of them have. Beyond that a large input is read as it lies, or else the result is written as it will lie.
void JoinPlan::order_variables(std::span<const TableView> tables, std::size_t settled) {
  order_.resize(active_.size());
  std::iota(order_.begin(), order_.end(), 0);
  lacked_.assign(active_.size(), 0);
  double sum = static_cast<double>(own_size), most = 0;
  for (const Dimension& dimension : active_) sum *= static_cast<double>(dimension.size);
  std::size_t largest = tables.size();
  for (std::size_t k = 0; k < tables.size(); ++k) {
    const auto cells = static_cast<double>(cell_count(tables[k].sizes));
    if (cells * small_share < sum) continue;
    for (std::size_t variable = 0; variable < active_.size(); ++variable)
      if (stride(k, variable) == 0) lacked_[variable] += cells;
    if (cells > most && k < settled) largest = k, most = cells;
  }
  sort_few(order_, [&](std::uint32_t left, std::uint32_t right) {
    if (lacked_[left] != lacked_[right]) return lacked_[left] > lacked_[right];
    return largest < tables.size() && stride(largest, left) > stride(largest, right);
  });
}

void JoinPlan::choose_block() {
  const std::uint64_t longest = std::clamp(target_cells / own_size, shortest_block, longest_block);
  inner = 1;
  first_inner_ = order_.size();
  while (first_inner_ > 0) {
    const std::uint32_t next = order_[first_inner_ - 1];
    const auto size = static_cast<std::uint64_t>(active_[next].size);
    if (inner * size > longest || (inner >= enough_block && lacked_[next] > 0)) break;
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
    if (inputs[k].kind != Kind::scattered) continue;
    const std::uint64_t* const strides = &strides_[k * active_.size()];
    inputs[k].run = run_of(strides);
    inputs[k].offsets = add_offsets(strides, inputs[k].run);
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
  sort_few(loop_order_, [&](std::uint32_t left, std::uint32_t right) { return loop_cost_[left] > loop_cost_[right]; });

  merge_loops();

  steps.clear();
  for (std::size_t l = 0; l < loops.size(); ++l) {
    loops[l].result_stride = result_strides_[loop_order_[l]];
    loops[l].first_step = steps.size();
    for (std::size_t k = 0; k < inputs.size(); ++k)
      if (const std::uint64_t here = stride(k, loop_order_[l]); here != 0) {
        steps.push_back({static_cast<std::uint32_t>(k), here});
        inputs[k].level = static_cast<std::uint32_t>(l + 1);
        if (l + 1 == loops.size()) inputs[k].last_stride = here;
      }
    loops[l].last_step = steps.size();
  }
}

// Loops whose variables lie next to each other everywhere become one, which the inner loops can take at a time.
void JoinPlan::merge_loops() {
  loops.clear();
  for (const std::uint32_t variable : loop_order_) {
    const auto size = static_cast<std::uint64_t>(active_[variable].size);
    bool merges = !loops.empty();
    if (merges) {
      const std::uint32_t outer = loop_order_[loops.size() - 1];
      merges = result_strides_[outer] == size * result_strides_[variable];
      for (std::size_t k = 0; merges && k < inputs.size(); ++k) merges = stride(k, outer) == size * stride(k, variable);
    }
    if (!merges) loops.emplace_back().size = 1;
    loops.back().size *= size;
    loop_order_[loops.size() - 1] = variable;  // the innermost of those merged
  }
  loop_order_.resize(loops.size());
}

void JoinPlan::sort_inputs_by_level() {
  level_first.assign(loops.size() + 2, 0);
  for (const Input& input : inputs) ++level_first[input.level + 1];
  std::partial_sum(level_first.begin(), level_first.end(), level_first.begin());
  by_level.resize(inputs.size());
  for (std::size_t k = 0; k < inputs.size(); ++k)
    by_level[level_first[inputs[k].level]++] = static_cast<std::uint32_t>(k);
  for (std::size_t l = level_first.size() - 1; l > 0; --l) level_first[l] = level_first[l - 1];
  level_first[0] = 0;

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

void JoinPlan::lay_out_result() {
  result_strides_.assign(active_.size(), 0);
  std::uint64_t cells = 1;
  for (std::size_t variable = active_.size(); variable-- > 0;) {
    result_strides_[variable] = cells;
    cells *= static_cast<std::uint64_t>(active_[variable].size);
  }
  std::uint64_t dense = 1;
  result_scattered = false;
  for (std::size_t i = order_.size(); i-- > first_inner_;) {
    result_scattered = result_scattered || result_strides_[order_[i]] != dense;
    dense *= static_cast<std::uint64_t>(active_[order_[i]].size);
  }
  result_inner_stride = order_.empty() ? 0 : result_strides_[order_.back()];
  if (result_scattered) {
    result_run = run_of(result_strides_.data());
    result_offsets = add_offsets(result_strides_.data(), result_run);
  }
}

// How many of a block's first cells are neighbours in a table with these strides; 1 if too few to matter.
std::uint64_t JoinPlan::run_of(const std::uint64_t* strides) const {
  std::uint64_t run = 1;
  for (std::size_t i = order_.size(); i-- > first_inner_ && strides[order_[i]] == run;)
    run *= static_cast<std::uint64_t>(active_[order_[i]].size);
  return run < shortest_run ? 1 : run;
}

// Appends, for every run of a block, its distance from the block's first in a table with these strides.
std::size_t JoinPlan::add_offsets(const std::uint64_t* strides, std::uint64_t run) {
  const std::size_t first = offsets.size();
  offsets.push_back(0);
  std::uint64_t within = 1;  // cells of the block that one value of the variable at hand spans
  for (std::size_t i = order_.size(); i-- > first_inner_;) {  // repeat what is there, shifted, per value
    const auto size = std::min(static_cast<std::uint64_t>(active_[order_[i]].size), block);
    const std::size_t known = offsets.size() - first;
    if (within >= run)
      for (std::uint64_t value = 1; value < size; ++value)
        for (std::size_t c = 0; c < known; ++c) offsets.push_back(offsets[first + c] + value * strides[order_[i]]);
    within *= size;
  }
  return first;
}

}  // namespace entente::kernel
