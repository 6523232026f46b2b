// SPDX-License-Identifier: MIT
// Soft arc consistency of functions with two variables.
#include <algorithm>

#include "kernel/exact/soft_network.hpp"

namespace entente {
namespace {

// What asking for a value's company takes, in cells; with so many cells, that is always worth it.
constexpr std::uint32_t asking = 32;
constexpr std::uint64_t with_company = 4096;

}  // namespace

// What each value of the edge's variable costs with any value of the other one, whose own cost counts if `full`.
// Returns the greatest.
double SoftNetwork::projection(std::uint32_t edge, bool full, double* out) {
  const Pair& pair = pairs_[edge / 2];
  const std::uint32_t k = edge % 2, own = pair.variable[k], other = pair.variable[1 - k];
  const double* const other_unary = trail_.cells(unary_[other]);
  const double* const other_shifted = trail_.cells(pair.shifted[1 - k]);
  const double* const own_shifted = trail_.cells(pair.shifted[k]);
  const std::uint64_t cells = std::uint64_t(live_[other]) * width_[own];
  // Value by value where the function is large or the own values are few, else across all.
  if (cells >= with_company || live_[own] * asking < cells) return projection_by_company(edge, full, out);
  work_ += cells;
  return kernels_.project({pair.rows[k], width_[own], values(other).data(), live_[other], full ? other_unary : nullptr,
                           other_shifted, own_shifted, trail_.cells(unary_[own]), out});
}

// The same value by value: one whose remembered company still costs nothing needs no other.
double SoftNetwork::projection_by_company(std::uint32_t edge, bool full, double* out) {
  const Pair& pair = pairs_[edge / 2];
  const std::uint32_t k = edge % 2, own = pair.variable[k], other = pair.variable[1 - k];
  const double* const other_unary = trail_.cells(unary_[other]);
  const double* const other_shifted = trail_.cells(pair.shifted[1 - k]);
  const double* const own_shifted = trail_.cells(pair.shifted[k]);
  ValueIndex* const company = company_.data() + pair.company[k];
  const auto row_least = full ? kernels_.row_least : kernels_.row_least_left;
  std::fill_n(out, width_[own], 0.0);
  double most = 0;
  work_ += live_[own];
  for (const ValueIndex a : values(own)) {
    const double* const row = pair.rows[1 - k] + static_cast<std::size_t>(a) * width_[other];
    const ValueIndex b = company[a];
    const double alone = full ? other_unary[b] : other_unary[b] < infinity ? 0 : infinity;
    if (row[b] + (alone - other_shifted[b]) <= own_shifted[a]) continue;
    work_ += width_[other];
    const double least = row_least(row, other_unary, other_shifted, width_[other]);
    out[a] = least - own_shifted[a];
    most = std::max(most, out[a]);
    if (least < infinity) company[a] = kernels_.find(row, other_unary, other_shifted, full, least);
  }
  return most;
}

// Moves to each value of the edge's variable what it costs with any value of the other one.
bool SoftNetwork::project(std::uint32_t edge) {
  if (projection(edge, false, scratch_.data()) <= 0) return true;
  const Pair& pair = pairs_[edge / 2];
  use(pair.origin);
  return raise(pair.variable[edge % 2], pair.shifted[edge % 2], scratch_.data());
}

// The same, moved: first from the other variable's values into the function as far as needed, then out of it.
bool SoftNetwork::project_fully(std::uint32_t edge) {
  double* const by = scratch_.data();
  if (projection(edge, true, by) <= 0) return true;
  const Pair& pair = pairs_[edge / 2];
  const std::uint32_t k = edge % 2, own = pair.variable[k], other = pair.variable[1 - k];
  use(pair.origin);
  work_ += live_[own] * width_[other];
  double* const extension = more_scratch_.data();
  if (kernels_.extend({pair.rows[1 - k], width_[other], values(own).data(), live_[own], by, top_ - constant_,
                       trail_.cells(pair.shifted[k]), trail_.cells(pair.shifted[1 - k]), extension}) > 0) {
    trail_.touch(unary_[other], width_[other]);
    trail_.touch(pair.shifted[1 - k], width_[other]);
    kernels_.take(trail_.cells(unary_[other]), trail_.cells(pair.shifted[1 - k]), extension, width_[other]);
  }
  return raise(own, pair.shifted[k], by);
}

void SoftNetwork::disturb_tables(std::uint32_t variable) {
  if (table_degree_[variable] == 0) return;
  for (const auto& [table, place] : tables_of_[variable])
    if (tables_[table].active) restless_tables_.insert(table);
}

// After a variable lost values, others may have lost what supported theirs.
bool SoftNetwork::support_neighbours(std::uint32_t variable) {
  if (!is_open(variable)) return true;
  for (std::uint32_t at = next_[ring(variable)]; at != ring(variable); at = next_[at])
    if (!project(edge_at(at) ^ 1)) return false;
  disturb_tables(variable);
  return true;
}

// After values without cost got one, costs may flow on to lower variables.
bool SoftNetwork::support_lower(std::uint32_t variable) {
  if (!is_open(variable)) return true;
  for (std::uint32_t at = next_[ring(variable)]; at != ring(variable); at = next_[at]) {
    const std::uint32_t edge = edge_at(at) ^ 1;
    if (end_of(edge) < variable && !project_fully(edge)) return false;
  }
  disturb_tables(variable);
  return true;
}

// Some value must cost nothing together with its best company in all functions at once; else the bound can rise.
// Towards higher variables the direction of costs has seen to it already.
bool SoftNetwork::support_existentially(std::uint32_t variable) {
  if (!is_open(variable)) return true;
  const double* unary = trail_.cells(unary_[variable]);
  const ValueIndex known = support_[variable];
  const bool in_tables = table_degree_[variable] > 0;
  if (unary[known] == 0 && !in_tables) {
    bool holds = true;
    for (std::uint32_t at = next_[ring(variable)]; holds && at != ring(variable); at = next_[at]) {
      const std::uint32_t edge = edge_at(at);
      const Pair& pair = pairs_[edge / 2];
      const std::uint32_t k = edge % 2, other = pair.variable[1 - k];
      if (other > variable) continue;
      work_ += width_[other];
      holds = kernels_.row_least(pair.rows[1 - k] + static_cast<std::size_t>(known) * width_[other],
                                 trail_.cells(unary_[other]), trail_.cells(pair.shifted[1 - k]),
                                 width_[other]) <= trail_.cells(pair.shifted[k])[known];
    }
    if (holds) return true;
  }
  std::copy_n(unary, width_[variable], sums_.begin());
  forget_spent();
  for (std::uint32_t at = next_[ring(variable)]; at != ring(variable); at = next_[at]) {
    const std::uint32_t edge = edge_at(at);
    if (end_of(edge ^ 1) > variable) continue;
    spent_[end_of(edge ^ 1)] = mark_;
    if (projection(edge, true, scratch_.data()) <= 0) continue;
    for (const ValueIndex a : values(variable))
      sums_[static_cast<std::size_t>(a)] += scratch_[static_cast<std::size_t>(a)];
  }
  if (in_tables)
    for (const auto& [table, place] : tables_of_[variable]) {
      if (!tables_[table].active || !is_small(tables_[table])) continue;
      const double most = table_projection(tables_[table], place, true, scratch_.data());
      spend(tables_[table]);
      if (most <= 0) continue;
      for (const ValueIndex a : values(variable))
        sums_[static_cast<std::size_t>(a)] += scratch_[static_cast<std::size_t>(a)];
    }
  ValueIndex best = no_value;
  double least = infinity;
  for (const ValueIndex a : values(variable)) {
    const double sum = sums_[static_cast<std::size_t>(a)];
    if (best != no_value && (sum > least || (sum == least && a > best))) continue;
    least = sum;
    best = a;
  }
  support_[variable] = best;
  if (least <= least_rise_) return true;
  forget_spent();
  for (std::uint32_t at = next_[ring(variable)]; at != ring(variable); at = next_[at]) {
    const std::uint32_t edge = edge_at(at), other = end_of(edge ^ 1);
    if (other > variable) continue;
    spent_[other] = mark_;
    if (!project_fully(edge)) return false;
  }
  if (in_tables)
    for (const auto& [table, place] : tables_of_[variable]) {
      if (!tables_[table].active || !is_small(tables_[table])) continue;
      if (!project_table(table, place, true)) return false;
      spend(tables_[table]);
    }
  return true;
}

}  // namespace entente
