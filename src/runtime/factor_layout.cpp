// SPDX-License-Identifier: MIT
#include "runtime/factor_layout.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "kernel/factor_tables.hpp"

namespace entente::runtime {
namespace {

constexpr std::uint64_t most_tabulated = std::uint64_t(1) << 22;  // cells of a function that is no table yet
constexpr std::uint64_t most_numbers = std::uint64_t(1) << 27;    // of all such functions together
constexpr std::uint32_t read_ahead = 64;                          // entries of an index that kernels fetch early
constexpr std::size_t chunk_bytes = std::size_t(1) << 18;         // rows of a chunk stay in a core's own cache
constexpr std::uint32_t block_bytes = 2560;                       // of one message array, where a few groups fit

std::uint32_t rounded_up(std::uint32_t number, std::uint32_t unit) { return (number + unit - 1) / unit * unit; }

void put(std::byte* numbers, std::uint32_t number_bytes, std::size_t at, double value) {
  if (number_bytes == sizeof(float))
    reinterpret_cast<float*>(numbers)[at] = static_cast<float>(value);
  else
    reinterpret_cast<double*>(numbers)[at] = value;
}

}  // namespace

std::uint32_t FactorClass::count_in(std::size_t block) const {
  return static_cast<std::uint32_t>(std::min<std::size_t>(factors(), constraints.size() - block * factors()));
}

FactorLayout::FactorLayout(const Problem& problem, const FactorCosts& costs, const kernel::CostKernels& kernels,
                           const Preferences& preferences, const std::function<bool()>& stop, FactorSelection selection)
    : problem_(problem), costs_(costs), kernels_(kernels), stop_(stop), selection_(selection) {
  number_variables();
  sort_factors();
  for (FactorClass& factors : factors_) {
    fill(factors);
    if (stopped_) return;
  }
  add_own_costs(preferences);
}

void FactorLayout::number_variables() {
  const std::uint32_t n = problem_.variable_count();
  std::map<std::uint32_t, std::uint32_t> of_size;  // domain size: variable class, then next number
  for (VariableId v = 0; v < n; ++v) ++of_size[static_cast<std::uint32_t>(problem_.domain_size(v))];
  std::uint32_t first = 0;
  for (auto& [size, count] : of_size) {
    VariableClass variables;
    variables.size = size;
    // A short row never straddles a cache line.
    variables.stride = rounded_up(size, kernels_.lanes);
    for (std::uint32_t part = kernels_.lanes / 2; part >= 16 / kernels_.number_bytes && size <= part; part /= 2)
      variables.stride = part;
    variables.first = first;
    variables.count = count;
    first += count;
    const std::size_t row_bytes = std::size_t(variables.stride) * kernels_.number_bytes;
    const auto largest = static_cast<std::uint32_t>(std::max<std::size_t>(1, chunk_bytes / row_bytes));
    variables.chunk = std::min(std::max((count + 63) / 64, 128u), largest);
    variables.prior = Array<std::byte>(std::size_t(count) * row_bytes);
    count = static_cast<std::uint32_t>(variables_.size());
    variables_.push_back(std::move(variables));
  }
  inside_.resize(n);
  class_of_.resize(n);
  std::vector<std::uint32_t> next(variables_.size());
  for (std::size_t c = 0; c < next.size(); ++c) next[c] = variables_[c].first;
  for (VariableId v = 0; v < n; ++v) {
    class_of_[v] = of_size[static_cast<std::uint32_t>(problem_.domain_size(v))];
    inside_[v] = next[class_of_[v]]++;
  }
}

void FactorLayout::sort_factors() {
  struct Shape {
    std::uint32_t of_class = no_id;
    std::size_t everywhere = 0;
  };
  std::map<std::vector<std::uint32_t>, Shape> shapes;
  std::vector<std::uint32_t> sizes, last_sizes;
  Shape* last = nullptr;
  std::uint64_t numbers = 0;
  for (ConstraintId c = 0; c < problem_.constraint_count(); ++c) {
    const auto members = problem_.scope(c);
    if (members.size() < 2) continue;
    const bool selected = !selection_.constraints || selection_.constraints[c];
    if (selected) edges_ += members.size();
    sizes.clear();
    for (const VariableId v : members) sizes.push_back(static_cast<std::uint32_t>(problem_.domain_size(v)));
    if (problem_.function(c).kind != FunctionKind::table) {
      const std::uint64_t cells = tuple_count(problem_, c);
      if (cells > most_tabulated || numbers + cells > most_numbers) {
        if (!selected) continue;
        FactorClass large;
        large.sizes = sizes;
        large.enumerated = true;
        large.constraints.push_back(c);
        factors_.push_back(std::move(large));
        continue;
      }
      numbers += cells;
    }
    if (!last || sizes != last_sizes) {
      last = &shapes[sizes];
      last_sizes = sizes;
    }
    ++last->everywhere;
    if (!selected) continue;
    if (last->of_class == no_id) {
      last->of_class = static_cast<std::uint32_t>(factors_.size());
      factors_.emplace_back();
      factors_.back().sizes = sizes;
    }
    factors_[last->of_class].constraints.push_back(c);
  }
  for (const auto& [its_sizes, shape] : shapes)
    if (shape.of_class != no_id) factors_[shape.of_class].everywhere = shape.everywhere;
  for (FactorClass& factors : factors_) {
    sort_by_first_variable(factors.constraints);
    shape(factors);
  }
}

void FactorLayout::sort_by_first_variable(std::vector<ConstraintId>& constraints) const {
  const auto first = [&](ConstraintId c) { return inside_[problem_.scope(c)[0]]; };
  if (constraints.size() < inside_.size() / 4) {
    std::stable_sort(constraints.begin(), constraints.end(),
                     [&](ConstraintId a, ConstraintId b) { return first(a) < first(b); });
    return;
  }
  std::vector<std::uint32_t> next(inside_.size() + 1, 0);
  for (const ConstraintId c : constraints) ++next[first(c) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<ConstraintId> sorted(constraints.size());
  for (const ConstraintId c : constraints) sorted[next[first(c)]++] = c;
  constraints = std::move(sorted);
}

/// Chooses how many factors lie side by side, and the sizes of everything that follows from it.
void FactorLayout::shape(FactorClass& factors) const {
  const std::uint32_t lanes = kernels_.lanes;
  const auto members = problem_.scope(factors.constraints[0]);
  for (const VariableId v : members) factors.variables.push_back(class_of_[v]);
  std::uint64_t cells = 1;
  if (!factors.enumerated)
    for (const std::uint32_t size : factors.sizes) cells *= size;
  // Side by side every lane of a vector is a factor, in rows it is a value: whichever needs fewer vectors.
  const std::uint32_t width = factors.sizes.back();
  const std::uint64_t side_by_side = (factors.everywhere + lanes - 1) / lanes * cells;
  const std::uint64_t in_rows = factors.everywhere * (cells / width) * ((width + lanes - 1) / lanes);
  if (!factors.enumerated && cells <= 4096 && side_by_side <= in_rows) factors.lanes = lanes;

  std::uint32_t widest = 0;
  for (const std::uint32_t size : factors.sizes) {
    const std::uint32_t row = factors.lanes == 1 ? rounded_up(size, lanes) : size * lanes;
    widest = std::max(widest, row);
    factors.shapes.push_back({0, size, factors.lanes, row});
  }
  if (!factors.enumerated) factors.groups = std::clamp(block_bytes / (widest * kernels_.number_bytes), 1u, 8u);
  factors.offsets.push_back(0);
  for (kernel::MessageShape& s : factors.shapes) {
    s.groups = factors.groups;
    factors.offsets.push_back(factors.offsets.back() + s.numbers());
  }
  const std::uint32_t row = factors.lanes == 1 ? factors.shapes.back().row : width;
  factors.table = {factors.groups,       factors.lanes, factors.arity(),
                   factors.sizes.data(), row,           factors.enumerated ? 0 : cells / width * row};
}

void FactorLayout::fill(FactorClass& factors) {
  const std::size_t blocks = factors.blocks(), count = factors.constraints.size();
  factors.index = Array<std::uint32_t>(blocks * factors.factors() * factors.arity() + read_ahead);
  for (std::size_t f = 0; f < count; ++f) {
    const auto members = problem_.scope(factors.constraints[f]);
    for (std::uint32_t k = 0; k < factors.arity(); ++k)
      factors.index[factors.edge(f / factors.factors(), k, std::uint32_t(f % factors.factors()))] =
          inside_[members[k]] - variables_[factors.variables[k]].first;
  }
  if (factors.enumerated || !selection_.tables) return;
  factors.tables =
      Array<std::byte>(blocks * factors.factors() * std::size_t(factors.table.cells) * kernels_.number_bytes);
  for (std::size_t f = 0; f < count && !stopped_; ++f) fill_table(factors, f);
}

void FactorLayout::fill_table(const FactorClass& factors, std::size_t factor) {
  const std::uint32_t lanes = factors.lanes, bytes = kernels_.number_bytes;
  const std::uint32_t width = factors.sizes.back(), padding = factors.table.row - width;
  const ConstraintId constraint = factors.constraints[factor];
  std::byte* const cells = factors.tables.data();
  std::size_t at = factor / lanes * std::size_t(factors.table.cells) * lanes + factor % lanes;
  std::uint32_t column = 0;
  const auto add = [&](double cost) {
    put(cells, bytes, at, costs_.working(problem_, cost));
    at += lanes;
    if (++column < width) return;
    column = 0;
    for (std::uint32_t p = 0; p < padding; ++p, at += lanes)
      put(cells, bytes, at, bytes == sizeof(float) ? 1e30 : 1e300);
  };
  const CostFunction function = problem_.function(constraint);
  if (function.kind == FunctionKind::table) {
    for (const double cost : function.cells) add(cost);
    return;
  }
  std::uint32_t seen = 0;
  stopped_ |= !kernel::for_each_tuple(problem_, constraint, [&](std::span<const ValueIndex>, double cost) {
    add(cost);
    return (++seen & 0xfff) != 0 || !stop_();
  });
}

void FactorLayout::add_own_costs(const Preferences& preferences) {
  std::vector<double> sum, preferred, cells;
  std::vector<std::uint32_t> hard;
  std::vector<VariableId> by_number(problem_.variable_count());
  for (VariableId v = 0; v < problem_.variable_count(); ++v) by_number[inside_[v]] = v;
  for (const VariableId v : by_number) {
    VariableClass& variables = variables_[class_of_[v]];
    const std::size_t size = variables.size, row = std::size_t(inside_[v] - variables.first) * variables.stride;
    sum.assign(size, 0);
    hard.assign(size, 0);
    std::uint32_t degree = 0;
    bool any = false;
    const auto add = [&](std::span<const double> costs) {
      any = true;
      for (std::size_t a = 0; a < size; ++a)
        if (problem_.is_hard(costs[a]))
          ++hard[a];
        else
          sum[a] += costs_.working(problem_, costs[a]);
    };
    if (const auto costs = problem_.unary_costs(v); !costs.empty()) add(costs);
    for (const ConstraintId c : problem_.constraints_of(v)) {
      if (problem_.scope(c).size() > 1) {
        ++degree;
        continue;
      }
      cells.resize(size);
      for (std::size_t a = 0; a < size; ++a) {
        const auto value = static_cast<ValueIndex>(a);
        cells[a] = problem_.cost(c, {&value, 1});
      }
      add(cells);
    }
    preferred.assign(size, 0);
    preferences(v, degree, preferred);
    for (std::size_t a = 0; a < size; ++a)
      put(variables.prior.data(), kernels_.number_bytes, row + a,
          sum[a] + hard[a] * costs_.hard + preferred[a] * costs_.scale);
    if (!any) continue;
    own.push_back({inside_[v], own_cost.size()});
    own_cost.insert(own_cost.end(), sum.begin(), sum.end());
    own_hard.insert(own_hard.end(), hard.begin(), hard.end());
  }
}

void FactorLayout::make_slots() {
  std::vector<std::vector<std::uint64_t>> next;
  for (VariableClass& variables : variables_) variables.slot_first.assign(variables.chunks() + std::size_t(1), 0);
  // Edges are visited in the order in which messages are added up, so slots of a chunk are in that order too.
  const auto each_edge = [&](auto&& visit) {
    for (FactorClass& factors : factors_)
      for (std::size_t b = 0; b < factors.blocks(); ++b)
        for (std::uint32_t k = 0; k < factors.arity(); ++k)
          for (std::uint32_t i = 0; i < factors.count_in(b); ++i)
            visit(factors, factors.variables[k], factors.edge(b, k, i));
  };
  each_edge([&](FactorClass& factors, std::uint32_t c, std::size_t edge) {
    ++variables_[c].slot_first[factors.index[edge] / variables_[c].chunk + 1];
  });
  for (VariableClass& variables : variables_) {
    std::partial_sum(variables.slot_first.begin(), variables.slot_first.end(), variables.slot_first.begin());
    variables.slot_row = Array<std::uint32_t>(variables.slot_first.back());
    next.push_back(variables.slot_first);
  }
  for (FactorClass& factors : factors_) factors.slot = Array<std::uint32_t>(factors.index.size());
  each_edge([&](FactorClass& factors, std::uint32_t c, std::size_t edge) {
    const std::uint64_t slot = next[c][factors.index[edge] / variables_[c].chunk]++;
    factors.slot[edge] = static_cast<std::uint32_t>(slot);
    variables_[c].slot_row[slot] = factors.index[edge];
  });
}

}  // namespace entente::runtime
