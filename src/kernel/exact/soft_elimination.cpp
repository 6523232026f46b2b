// SPDX-License-Identifier: MIT
// Functions that become functions of fewer variables: elimination, and tables whose variables get values.
#include <algorithm>

#include "kernel/exact/soft_network.hpp"

namespace entente {
namespace {

// Beyond this many additions a join costs more than it saves.
constexpr std::uint64_t most_join_cells = std::uint64_t(1) << 16;

}  // namespace

// The edge at x of the function over x and y, or none.
std::uint32_t SoftNetwork::pair_of(std::uint32_t x, std::uint32_t y) const {
  const std::uint32_t from = degree_[x] <= degree_[y] ? x : y, to = x + y - from;
  for (std::uint32_t at = next_[ring(from)]; at != ring(from); at = next_[at])
    if (end_of(edge_at(at) ^ 1) == to) return from == x ? edge_at(at) : edge_at(at) ^ 1;
  return none;
}

// Rows for a function over x and y, first those over x's values; null if there is no memory for them.
double* SoftNetwork::new_rows(std::uint32_t x, std::uint32_t y) {
  const std::size_t cells =
      static_cast<std::size_t>(core_.sizes[y]) * width_[x] + static_cast<std::size_t>(core_.sizes[x]) * width_[y];
  const std::uint64_t growth = stack_.growth(cells);
  if (growth > 0 && bytes() + growth > memory_) return nullptr;
  work_ += cells / 4;
  return stack_.take(cells);
}

// Makes the function over x and y whose rows over x's values (from `new_rows`) are filled in; takes in the one there
// is.
bool SoftNetwork::replace_pair(std::uint32_t x, std::uint32_t y, double* rows, std::uint32_t origin) {
  const std::uint32_t known = pair_of(x, y);
  if (known != none) {
    const Pair& pair = pairs_[known / 2];
    const std::uint32_t k = known % 2;
    const double* const own = trail_.cells(pair.shifted[k]);
    const double* const other = trail_.cells(pair.shifted[1 - k]);
    for (const ValueIndex b : values(y)) {
      const std::size_t row = static_cast<std::size_t>(b) * width_[x];
      for (std::uint32_t a = 0; a < width_[x]; ++a) rows[row + a] += pair.rows[k][row + a] - own[a] - other[b];
    }
    use(origin);
    use(origin = pair.origin);
    unlink(known);
    unlink(known ^ 1);
  }
  double* const turned = rows + static_cast<std::size_t>(core_.sizes[y]) * width_[x];
  for (const ValueIndex b : values(y))
    for (const ValueIndex a : values(x))
      turned[static_cast<std::size_t>(a) * width_[y] + static_cast<std::size_t>(b)] =
          rows[static_cast<std::size_t>(b) * width_[x] + static_cast<std::size_t>(a)];
  const auto pair = static_cast<std::uint32_t>(pairs_.size());
  append_pair(x, y, rows, turned, origin);
  undo_.push_back({Change::link, 2 * pair, 0});
  undo_.push_back({Change::link, 2 * pair + 1, 0});
  if (!project(2 * pair) || !project(2 * pair + 1)) return false;
  for (const std::uint32_t v : {x, y}) {
    raised_.insert(v);
    stirred_.insert(v);
    if (degree_[v] <= 2) few_.insert(v);
  }
  return true;
}

// Takes a variable out that has at most two functions, all of two variables.
bool SoftNetwork::eliminate(std::uint32_t variable) {
  if (!is_open(variable) || live_[variable] < 2 || table_degree_[variable] > 0 || degree_[variable] > 2) return true;
  if (degree_[variable] == 0) {
    close(variable);
    eliminated_.push_back({variable, none, none});
    return true;
  }
  const std::uint32_t first = edge_at(next_[ring(variable)]);
  const std::uint32_t second = edge_at(previous_[ring(variable)]);
  if (first != second) return eliminate_between(variable, first, second);
  close(variable);
  eliminated_.push_back({variable, first, none});
  unlink(first);
  unlink(first ^ 1);
  if (projection(first ^ 1, true, scratch_.data()) <= 0) return true;
  use(pairs_[first / 2].origin);
  return raise(end_of(first ^ 1), pairs_[first / 2].shifted[(first ^ 1) % 2], scratch_.data());
}

bool SoftNetwork::eliminate_between(std::uint32_t variable, std::uint32_t first, std::uint32_t second) {
  const std::uint32_t x = end_of(first ^ 1), y = end_of(second ^ 1);
  const std::uint64_t join = std::uint64_t(live_[variable]) * width_[x] * live_[y];
  if (join > most_join_cells) return true;
  double* const rows = new_rows(x, y);
  if (rows == nullptr) return true;
  work_ += join;
  close(variable);
  eliminated_.push_back({variable, first, second});
  for (const std::uint32_t edge : {first, second}) {
    unlink(edge);
    unlink(edge ^ 1);
  }
  const Pair &to_x = pairs_[first / 2], &to_y = pairs_[second / 2];
  use(to_x.origin);
  use(to_y.origin);
  const std::uint32_t kx = (first ^ 1) % 2, ky = (second ^ 1) % 2;
  const double* const unary = trail_.cells(unary_[variable]);
  const double* const from_x = trail_.cells(to_x.shifted[kx]);
  const double* const own_x = trail_.cells(to_x.shifted[1 - kx]);
  const double* const from_y = trail_.cells(to_y.shifted[ky]);
  const double* const own_y = trail_.cells(to_y.shifted[1 - ky]);
  for (const ValueIndex b : values(y)) {
    double* const row = rows + static_cast<std::size_t>(b) * width_[x];
    std::fill_n(row, width_[x], infinity);
    for (const ValueIndex c : values(variable)) {
      const double with_y = to_y.rows[ky][static_cast<std::size_t>(c) * width_[y] + static_cast<std::size_t>(b)];
      if (with_y == infinity) continue;
      const double add = with_y - own_y[c] - from_y[b] + unary[c] - own_x[c];
      kernels_.lower(row, to_x.rows[kx] + static_cast<std::size_t>(c) * width_[x], add, width_[x]);
    }
    for (std::uint32_t a = 0; a < width_[x]; ++a) row[a] -= from_x[a];
  }
  return replace_pair(x, y, rows, to_x.origin);
}

// A table with few variables left becomes a function of two, or costs of one.
bool SoftNetwork::shrink_table(std::uint32_t id) {
  Table& table = tables_[id];
  if (table.left > 2) {
    restless_tables_.insert(id);
    return true;
  }
  const CoreFunction& function = *table.function;
  const std::size_t arity = function.scope.size();
  std::vector<std::size_t> places;
  std::vector<ValueIndex> tuple(arity);
  double moved = 0;
  for (std::size_t i = 0; i < arity; ++i) {
    const std::uint32_t v = function.scope[i];
    if (is_open(v)) {
      places.push_back(i);
    } else {
      tuple[i] = values(v)[0];
      moved += trail_.cells(table.shifted[i])[tuple[i]];
    }
  }
  double* rows = nullptr;
  if (places.size() == 2) {
    rows = new_rows(function.scope[places[0]], function.scope[places[1]]);
    if (rows == nullptr) return true;  // wait until one variable is left
  }
  table.active = false;
  for (const std::uint32_t v : function.scope)
    if (--table_degree_[v] == 0 && degree_[v] <= 2) few_.insert(v);
  undo_.push_back({Change::table_off, id, 0});
  use(table.origin);
  if (places.empty()) {
    constant_ += function.at(tuple, core_.sizes) - moved;
    prune_ = true;
    return constant_ < top_;
  }
  const std::size_t i = places[0];
  const std::uint32_t x = function.scope[i];
  const double* const from_x = trail_.cells(table.shifted[i]);
  if (places.size() == 1) {
    std::fill_n(scratch_.begin(), width_[x], 0.0);
    for (const ValueIndex a : values(x)) {
      tuple[i] = a;
      scratch_[static_cast<std::size_t>(a)] = function.at(tuple, core_.sizes) - moved - from_x[a];
    }
    return raise(x, table.shifted[i], scratch_.data());
  }
  const std::size_t j = places[1];
  const std::uint32_t y = function.scope[j];
  const double* const from_y = trail_.cells(table.shifted[j]);
  work_ += std::uint64_t(live_[x]) * live_[y];
  for (const ValueIndex b : values(y)) {
    double* const row = rows + static_cast<std::size_t>(b) * width_[x];
    tuple[j] = b;
    for (const ValueIndex a : values(x)) {
      tuple[i] = a;
      row[a] = function.at(tuple, core_.sizes) - moved - from_x[a] - from_y[b];
    }
  }
  return replace_pair(x, y, rows, table.origin);
}

}  // namespace entente
