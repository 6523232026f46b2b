// SPDX-License-Identifier: MIT
#include "kernel/own_costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "entente/base/error.hpp"

namespace entente::kernel {
namespace {

constexpr std::uint64_t most_cells = 1 << 24;

}  // namespace

OwnCosts::OwnCosts(const LocalCosts& costs) : truth_(costs.tables()), believed_(costs.tables()) {
  costs.tables().single ? fill<float>(costs) : fill<double>(costs);
}

template <class T>
void OwnCosts::fill(const LocalCosts& costs) {
  const LocalTables& t = costs.tables();
  const std::uint32_t n = t.variables, edges = t.first[n];
  const std::size_t block = std::size_t(t.domain) * t.stride, cells = t.domain ? edges * block : t.table_first[edges];
  cells_ = Array<std::byte>(cells * sizeof(T));
  if (cells) std::memcpy(cells_.data(), t.cells, cells * sizeof(T));
  believed_.cells = cells_.data();
  const auto extremes_of = [&](const T* begin, std::uint64_t rows, std::uint64_t length, std::uint64_t step) {
    T low = *begin, high = *begin;
    for (std::uint64_t r = 0; r < rows; ++r, begin += step) {
      low = std::min(low, *std::min_element(begin, begin + length));
      high = std::max(high, *std::max_element(begin, begin + length));
    }
    extremes_.insert(extremes_.end(), {double(low), double(high)});
  };
  for (VariableId v = 0; v < n; ++v)
    for (std::uint32_t e = t.first[v]; e < t.first[v + 1]; ++e)
      extremes_of(static_cast<const T*>(t.cells) + (t.domain ? e * block : t.table_first[e]), t.domains[t.other[e]],
                  t.domains[v], t.domain ? t.stride : t.domains[v]);
  if (!t.wide_first) return;
  const std::uint32_t places = t.wide_first[n];
  std::uint32_t functions = 0;
  for (std::uint32_t p = 0; p < places; ++p) functions = std::max(functions, t.wide[p].function + 1);
  std::uint64_t all = 0, own = 0;
  std::vector<std::uint64_t> size(functions);
  for (std::uint32_t f = 0; f < functions; ++f) {
    const WideFunction& function = t.functions[f];
    size[f] = 1;
    for (std::uint32_t k = 0; k < function.arity && size[f] <= most_cells; ++k)
      size[f] *= t.domains[t.members[function.first + k]];
    if (function.cells == WideFunction::computed && size[f] > most_cells)
      throw Error(ErrorCode::too_large,
                  fmt::format("a constraint on {} variables has more than {} combinations of values: too many to keep "
                              "penalties for; use an algorithm without penalties, such as dsa or mgm",
                              function.arity, most_cells));
    functions_.push_back({all, function.first, function.arity});
    all += size[f];
    own += size[f] * function.arity;
  }
  wide_truth_ = Array<std::byte>(all * sizeof(T));
  wide_believed_ = Array<std::byte>(own * sizeof(T));
  auto* const truth = reinterpret_cast<T*>(wide_truth_.data());
  auto* const believed = reinterpret_cast<T*>(wide_believed_.data());
  std::vector<std::uint32_t> values(n);  // wide enough for one-byte values as well
  for (std::uint32_t f = 0; f < functions; ++f) {
    const WideFunction& function = t.functions[f];
    T* const into = truth + functions_[f].cells;
    if (function.cells != WideFunction::computed) {
      std::copy_n(static_cast<const T*>(t.wide_cells) + function.cells, size[f], into);
      continue;
    }
    // The last member's whole row at once, for every choice of the others.
    const std::uint32_t last = function.arity - 1, length = t.domains[t.members[function.first + last]];
    std::fill_n(into, size[f], T(0));
    for (std::uint64_t at = 0; at < size[f]; at += length) {
      std::uint64_t rest = at;
      for (std::uint32_t k = 0; k < last; ++k) {
        values[t.members[function.first + k]] = std::uint32_t(rest / t.strides[function.first + k]);
        rest %= t.strides[function.first + k];
      }
      t.compute(t.context, f, last, values.data(), sizeof(std::uint32_t), sizeof(T) == sizeof(float), into + at);
    }
  }
  std::uint64_t next = 0;
  for (std::uint32_t p = 0; p < places; ++p) {
    const WidePlace place = t.wide[p];
    const WideFunction& function = functions_[place.function];
    std::copy_n(truth + function.cells, size[place.function], believed + next);
    places_.push_back({next, function.first, function.arity});
    wide_.push_back({p, place.position});
    extremes_of(truth + function.cells, 1, size[place.function], 0);
    next += size[place.function];
  }
  truth_.functions = functions_.data();
  truth_.wide_cells = truth;
  believed_.functions = places_.data();
  believed_.wide = wide_.data();
  believed_.wide_cells = believed;
}

std::size_t OwnCosts::bytes() const {
  return cells_.bytes() + wide_truth_.bytes() + wide_believed_.bytes() + extremes_.size() * sizeof(double) +
         (functions_.size() + places_.size()) * sizeof(WideFunction) + wide_.size() * sizeof(WidePlace);
}

}  // namespace entente::kernel
