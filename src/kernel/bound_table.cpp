// SPDX-License-Identifier: MIT
#include "kernel/bound_table.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace entente {

namespace {

/// A table that has only variables of the result.
struct Term {
  std::vector<double> owned;
  const double* cells;
  std::vector<std::size_t> strides;  // by variable of the result
};

/// Walks over all combinations of `sizes` in row-major order and keeps an offset with the given strides.
class Odometer {
 public:
  Odometer(std::span<const ValueIndex> sizes, std::span<const std::size_t> strides)
      : sizes_(sizes), strides_(strides), at_(sizes.size(), 0) {}
  std::size_t offset() const { return offset_; }
  void next() {
    for (std::size_t k = at_.size(); k-- > 0;) {
      offset_ += strides_[k];
      if (++at_[k] < sizes_[k]) return;
      offset_ -= strides_[k] * std::size_t(sizes_[k]);
      at_[k] = 0;
    }
  }

 private:
  std::span<const ValueIndex> sizes_;
  std::span<const std::size_t> strides_;
  std::vector<ValueIndex> at_;
  std::size_t offset_ = 0;
};

std::size_t cells_of(std::span<const ValueIndex> sizes) {
  std::size_t cells = 1;
  for (const ValueIndex size : sizes) cells *= std::size_t(size);
  return cells;
}

Term restrict_to(std::span<const VariableId> scope, const RowTable& table, std::size_t row) {
  Term term{{}, table.cells, std::vector<std::size_t>(scope.size(), 0)};
  std::vector<std::size_t> kept(table.scope.size(), 0);  // strides in the restricted table
  std::size_t cells = row;
  for (std::size_t k = table.scope.size(); k-- > 0;) {
    const auto at = std::find(scope.begin(), scope.end(), table.scope[k]);
    if (at == scope.end()) continue;
    kept[k] = cells;
    term.strides[std::size_t(at - scope.begin())] = cells;
    cells *= std::size_t(table.sizes[k]);
  }
  if (std::find(kept.begin(), kept.end(), std::size_t(0)) == kept.end()) return term;  // nothing to leave out
  term.owned.assign(cells, std::numeric_limits<double>::infinity());
  term.cells = nullptr;
  Odometer odometer(table.sizes, kept);
  const double* from = table.cells;
  for (std::size_t rows = cells_of(table.sizes); rows > 0; --rows, from += row, odometer.next()) {
    double* const to = term.owned.data() + odometer.offset();
    for (std::size_t v = 0; v < row; ++v) to[v] = std::min(to[v], from[v]);
  }
  return term;
}

}  // namespace

BoundTable bound_below(std::vector<VariableId> scope, std::vector<ValueIndex> sizes, std::span<const RowTable> tables,
                       std::size_t row, const StopSignal& stop) {
  std::vector<Term> terms;
  for (const RowTable& table : tables) terms.push_back(restrict_to(scope, table, row));
  std::vector<Odometer> odometers;
  for (const Term& term : terms) odometers.emplace_back(sizes, term.strides);
  BoundTable result{std::move(scope), {}, std::vector<double>(cells_of(sizes))};
  std::vector<double> sums(row);
  for (std::size_t at = 0; at < result.cells.size(); ++at) {
    if (at % 1024 == 1023 && stop.raised()) break;
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t t = 0; t < terms.size(); ++t) {
      const double* const from = (terms[t].cells ? terms[t].cells : terms[t].owned.data()) + odometers[t].offset();
      for (std::size_t v = 0; v < row; ++v) sums[v] += from[v];
      odometers[t].next();
    }
    result.cells[at] = *std::min_element(sums.begin(), sums.end());
  }
  result.sizes = std::move(sizes);
  return result;
}

}  // namespace entente
