// SPDX-License-Identifier: MIT
#include "kernel/path_costs.hpp"

#include <algorithm>
#include <limits>

#include "entente/base/error.hpp"
#include "kernel/cost_table.hpp"

namespace entente {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

std::uint64_t cells_of(const Problem& problem, ConstraintId constraint) {
  std::vector<ValueIndex> sizes;
  for (const VariableId v : problem.scope(constraint)) sizes.push_back(problem.domain_size(v));
  return cell_count(sizes);
}

/// Lowest cost of a constraint without enumerating more than what it stores. A default cost counts although stored
/// tuples may leave no room for it: that is a lower bound still.
double lowest_cost(const Problem& problem, ConstraintId constraint) {
  const CostFunction function = problem.function(constraint);
  double lowest = infinite;
  const auto take = [&](double cost) { lowest = std::min(lowest, working_cost(problem, cost)); };
  if (function.sparse) {
    take(function.sparse->default_cost);
    for (const double cost : function.sparse->costs) take(cost);
  } else {
    for (const double cost : function.cells) take(cost);
  }
  return lowest;
}

/// Lowest cost of a constraint over the variables `kept`, in their order: row-major, the last fastest.
std::vector<double> lowest_over(const Problem& problem, ConstraintId constraint, std::span<const VariableId> kept,
                                const StopSignal& stop) {
  const auto scope = problem.scope(constraint);
  std::vector<std::size_t> strides(scope.size(), 0);
  std::size_t cells = 1;
  for (std::size_t k = kept.size(); k-- > 0;) {
    strides[std::size_t(std::find(scope.begin(), scope.end(), kept[k]) - scope.begin())] = cells;
    cells *= std::size_t(problem.domain_size(kept[k]));
  }
  std::vector<double> lowest(cells, infinite);
  const CostFunction function = problem.function(constraint);
  const bool stored = function.kind == FunctionKind::table;
  std::vector<ValueIndex> tuple(scope.size(), 0);
  std::size_t at = 0;
  for (std::size_t cell = 0;; ++cell) {
    if (cell % 4096 == 4095 && stop.raised()) return lowest;
    const double cost = stored ? function.cells[cell] : problem.cost(constraint, tuple);
    lowest[at] = std::min(lowest[at], working_cost(problem, cost));
    std::size_t k = scope.size();
    while (k-- > 0) {
      at += strides[k];
      if (++tuple[k] < problem.domain_size(scope[k])) break;
      at -= strides[k] * std::size_t(tuple[k]);
      tuple[k] = 0;
    }
    if (k == std::size_t(-1)) return lowest;
  }
}

/// Subtracts each row's lowest cost; returns the lowest of all.
double lower_rows(std::span<double> cells, std::size_t row) {
  double lowest = infinite;
  for (std::size_t first = 0; first < cells.size(); first += row) {
    const double least =
        *std::min_element(cells.begin() + std::ptrdiff_t(first), cells.begin() + std::ptrdiff_t(first + row));
    lowest = std::min(lowest, least);
    if (least < infinite)
      for (std::size_t v = first; v < first + row; ++v) cells[v] -= least;
  }
  return lowest;
}

}  // namespace

PathCosts::PathCosts(const Problem& problem, VariableId own, const std::function<std::uint32_t(VariableId)>& rank,
                     const StopSignal& stop)
    : problem_(&problem), own_(own), alone_(std::size_t(problem.domain_size(own)), 0) {
  std::vector<std::pair<std::uint32_t, VariableId>> before;
  const std::uint32_t own_rank = rank(own);
  for (const ConstraintId c : problem.constraints_of(own))
    for (const VariableId v : problem.scope(c))
      if (v != own && rank(v) < own_rank) before.emplace_back(rank(v), v);
  std::sort(before.begin(), before.end());
  before.erase(std::unique(before.begin(), before.end()), before.end());
  for (const auto& [ignored, v] : before) earlier_.push_back(v);

  const auto unary = problem.unary_costs(own);
  for (std::size_t v = 0; v < unary.size(); ++v) alone_[v] = working_cost(problem, unary[v]);
  floor_ = lower_rows(alone_, alone_.size());
  for (const ConstraintId c : problem.constraints_of(own)) {
    std::vector<VariableId> members;
    bool last = true;
    for (const VariableId v : problem.scope(c)) {
      if (rank(v) <= own_rank) members.push_back(v);
      last = last && rank(v) <= own_rank;
    }
    std::sort(members.begin(), members.end(), [&](VariableId a, VariableId b) { return rank(a) < rank(b); });
    if (cells_of(problem, c) > most_cells)
      add_wide(c, members, members.size() == 1, last);
    else
      add_table(c, members, stop);
  }
}

void PathCosts::add_table(ConstraintId constraint, std::span<const VariableId> members, const StopSignal& stop) {
  const std::size_t row = alone_.size();
  std::vector<double> cells = lowest_over(*problem_, constraint, members, stop);
  const double lowest = lower_rows(cells, row);
  if (members.size() == 1) {
    floor_ += lowest;
    for (std::size_t v = 0; v < row; ++v) alone_[v] += cells[v];
    return;
  }
  const auto others = members.first(members.size() - 1);
  parts_.push_back({std::uint32_t(members_.size()), std::uint32_t(tables_.size()), std::uint32_t(others.size())});
  for (const VariableId v : others) {
    members_.push_back(index_of(v));
    variables_.push_back(v);
    sizes_.push_back(problem_->domain_size(v));
  }
  tables_.resize(tables_.size() + others.size() + 1);
  for (std::size_t known = others.size();; --known) {
    tables_[parts_.back().tables + known] = cells_.size();
    cells_.insert(cells_.end(), cells.begin(), cells.end());
    if (known == 0) return;
    // The same without its last known member.
    const auto size = std::size_t(problem_->domain_size(others[known - 1]));
    for (std::size_t to = 0; to < cells.size() / size; to += row)
      for (std::size_t v = 0; v < row; ++v) {
        double least = infinite;
        for (std::size_t a = 0; a < size; ++a) least = std::min(least, cells[to * size + a * row + v]);
        cells[to + v] = least;
      }
    cells.resize(cells.size() / size);
  }
}

void PathCosts::add_wide(ConstraintId constraint, std::span<const VariableId> members, bool first, bool last) {
  const double lowest = lowest_cost(*problem_, constraint);
  if (first) floor_ += lowest;
  if (!last) return;
  Wide wide{constraint, lowest, {}};
  for (const VariableId v : problem_->scope(constraint)) wide.members.push_back(v == own_ ? no_id : index_of(v));
  // A constraint on `own` alone is as wide as its domain, and then its shares depend on no other variable.
  if (members.size() > 1)
    wide_.push_back(std::move(wide));
  else
    add_wide_shares(wide, {}, alone_);
}

std::uint32_t PathCosts::index_of(VariableId variable) const {
  return std::uint32_t(std::find(earlier_.begin(), earlier_.end(), variable) - earlier_.begin());
}

std::uint64_t PathCosts::shares(std::span<const ValueIndex> known, std::span<double> out) const {
  const std::size_t row = alone_.size();
  std::copy(alone_.begin(), alone_.end(), out.begin());
  for (const Part& part : parts_) {
    std::size_t at = 0;
    std::uint32_t k = 0;
    for (; k < part.count && members_[part.first + k] < known.size(); ++k)
      at = at * std::size_t(sizes_[part.first + k]) + std::size_t(known[members_[part.first + k]]);
    const double* const cells = cells_.data() + tables_[part.tables + k] + at * row;
    for (std::size_t v = 0; v < row; ++v) out[v] += cells[v];
  }
  std::uint64_t checks = (parts_.size() + 1) * row;
  for (const Wide& wide : wide_) {
    const bool complete = std::all_of(wide.members.begin(), wide.members.end(),
                                      [&](std::uint32_t m) { return m == no_id || m < known.size(); });
    if (!complete) continue;
    add_wide_shares(wide, known, out);
    checks += row;
  }
  return checks;
}

void PathCosts::add_wide_shares(const Wide& wide, std::span<const ValueIndex> known, std::span<double> out) const {
  std::vector<ValueIndex> tuple(wide.members.size());
  std::size_t own = 0;
  for (std::size_t k = 0; k < tuple.size(); ++k) {
    if (wide.members[k] == no_id)
      own = k;
    else
      tuple[k] = known[wide.members[k]];
  }
  for (std::size_t v = 0; v < out.size(); ++v) {
    tuple[own] = ValueIndex(v);
    const double cost = working_cost(*problem_, problem_->cost(wide.constraint, tuple));
    out[v] += cost < infinite ? cost - wide.lowest : infinite;
  }
}

std::vector<RowTable> PathCosts::tables() const {
  std::vector<RowTable> list{{{}, {}, alone_.data()}};
  for (const Part& part : parts_)
    list.push_back({std::span(variables_).subspan(part.first, part.count),
                    std::span(sizes_).subspan(part.first, part.count),
                    cells_.data() + tables_[part.tables + part.count]});
  return list;
}

std::string PathCosts::refuses(const Problem& problem) {
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    if (problem.function(c).kind != FunctionKind::lazy || cells_of(problem, c) <= most_cells) continue;
    return "constraint " + printable(problem.constraint_name(c)) + " is computed when asked and has more than " +
           std::to_string(most_cells) + " value combinations, so that no lower bound of its cost is known";
  }
  return {};
}

}  // namespace entente
