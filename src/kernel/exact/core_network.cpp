// SPDX-License-Identifier: MIT
// From functions as somebody wrote them to connected parts with one function a scope.
#include "kernel/exact/core_network.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "kernel/cost_table.hpp"

namespace entente {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double exact_sum = 0x1p50;    // whole numbers up to here and a good way beyond are doubles
constexpr double rounded_sum = 0x1p47;  // finer than this, consistency would only chase crumbs
constexpr std::uint64_t always_dense = std::uint64_t(1) << 14;

double greatest_size(const NetworkFunction& function) {
  double greatest = 0;
  const auto look = [&](double cost) {
    if (std::isfinite(cost)) greatest = std::max(greatest, std::abs(cost));
  };
  for (const double cost : function.cells) look(cost);
  for (const double cost : function.costs) look(cost);
  if (function.is_sparse()) look(function.default_cost);
  return greatest;
}

bool is_whole(double cost, double per_cost) {
  if (!std::isfinite(cost)) return true;
  const double scaled = cost * per_cost;
  return std::abs(scaled - std::round(scaled)) <= 4 * std::numeric_limits<double>::epsilon() * std::abs(scaled);
}

bool is_whole(const NetworkFunction& function, double per_cost) {
  const auto whole = [&](double cost) { return is_whole(cost, per_cost); };
  return std::ranges::all_of(function.cells, whole) && std::ranges::all_of(function.costs, whole) &&
         (!function.is_sparse() || whole(function.default_cost));
}

/// Takes the least cost out of a function and returns it.
double take_least(CoreFunction& function) {
  double least = function.is_sparse() ? function.default_cost : infinity;
  for (const double cost : function.cells) least = std::min(least, cost);
  for (const double cost : function.costs) least = std::min(least, cost);
  if (least == infinity || least == 0) return least;
  for (double& cost : function.cells) cost -= least;
  for (double& cost : function.costs) cost -= least;
  function.default_cost -= least;
  return least;
}

bool is_zero(const CoreFunction& function) {
  const auto zero = [](double cost) { return cost == 0; };
  return std::ranges::all_of(function.cells, zero) && std::ranges::all_of(function.costs, zero) &&
         (!function.is_sparse() || zero(function.default_cost));
}

std::uint32_t find_root(std::vector<std::uint32_t>& parent, std::uint32_t v) {
  while (parent[v] != v) v = parent[v] = parent[parent[v]];
  return v;
}

}  // namespace

double CostUnit::whole(double cost) const {
  if (!std::isfinite(cost)) return infinity;
  return exact ? std::round(cost * per_cost) : std::floor(cost * per_cost);
}

CostUnit choose_unit(const CostNetwork& network) {
  double sum = 0;
  for (const NetworkFunction& function : network.functions) sum += greatest_size(function);
  CostUnit unit;
  std::size_t checked = 0;
  for (; unit.per_cost <= 1e9 && sum * unit.per_cost < exact_sum; unit.per_cost *= 10) {
    while (checked < network.functions.size() && is_whole(network.functions[checked], unit.per_cost)) ++checked;
    unit.sum = sum * unit.per_cost;
    if (checked == network.functions.size()) return unit;
  }
  unit.exact = false;
  unit.per_cost = sum > 0 ? std::exp2(std::floor(std::log2(rounded_sum / sum))) : 1;
  unit.sum = sum * unit.per_cost;
  return unit;
}

double CoreFunction::at(std::span<const ValueIndex> values, std::span<const ValueIndex> sizes) const {
  const std::size_t arity = scope.size();
  if (!is_sparse()) {
    std::size_t cell = 0;
    for (std::size_t i = 0; i < arity; ++i)
      cell = cell * static_cast<std::size_t>(sizes[scope[i]]) + static_cast<std::size_t>(values[i]);
    return cells[cell];
  }
  std::size_t low = 0, high = costs.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const auto order = std::lexicographical_compare_three_way(
        tuples.begin() + static_cast<std::ptrdiff_t>(middle * arity),
        tuples.begin() + static_cast<std::ptrdiff_t>((middle + 1) * arity), values.begin(), values.end());
    if (order == 0) return costs[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return default_cost;
}

double CoreNetwork::cost(std::span<const ValueIndex> values) const {
  double sum = constant;
  for (std::size_t v = 0; v < unary.size(); ++v) sum += unary[v][static_cast<std::size_t>(values[v])];
  std::vector<ValueIndex> tuple;
  for (const CoreFunction& function : functions) {
    tuple.clear();
    for (const std::uint32_t v : function.scope) tuple.push_back(values[v]);
    sum += function.at(tuple, sizes);
  }
  return sum;
}

CoreFunction ascending(const NetworkFunction& function, std::span<const ValueIndex> sizes, const CostUnit& unit) {
  CoreFunction result;
  std::vector<std::size_t> places(function.scope.size());
  std::iota(places.begin(), places.end(), 0);
  std::erase_if(places, [&](std::size_t i) { return sizes[function.scope[i]] == 1; });
  std::ranges::sort(places, {}, [&](std::size_t i) { return function.scope[i]; });
  std::vector<ValueIndex> extents;
  for (const std::size_t i : places) {
    result.scope.push_back(function.scope[i]);
    extents.push_back(sizes[function.scope[i]]);
  }
  const std::uint64_t cells = cell_count(extents);
  std::vector<std::uint64_t> stride(function.scope.size(), 0);  // in the result, by place in the function's scope
  for (std::uint64_t next = 1, i = places.size(); i-- > 0;) {
    stride[places[i]] = next;
    next *= static_cast<std::uint64_t>(extents[i]);
  }
  if (!function.is_sparse()) {
    result.cells.resize(cells);
    if (std::ranges::is_sorted(function.scope)) {
      std::ranges::transform(function.cells, result.cells.begin(), [&](double cost) { return unit.whole(cost); });
      return result;
    }
    std::vector<ValueIndex> values(function.scope.size(), 0);
    std::uint64_t to = 0;
    for (const double cost : function.cells) {
      result.cells[to] = unit.whole(cost);
      for (std::size_t i = values.size(); i-- > 0;) {
        to += stride[i];
        if (++values[i] < sizes[function.scope[i]]) break;
        to -= stride[i] * static_cast<std::uint64_t>(values[i]);
        values[i] = 0;
      }
    }
    return result;
  }
  const std::size_t arity = function.scope.size();
  if (cells <= always_dense || cells / 4 <= function.costs.size()) {
    result.cells.assign(cells, unit.whole(function.default_cost));
    for (std::size_t t = 0; t < function.costs.size(); ++t) {
      std::uint64_t to = 0;
      for (std::size_t i = 0; i < arity; ++i)
        to += stride[i] * static_cast<std::uint64_t>(function.tuples[t * arity + i]);
      result.cells[to] = unit.whole(function.costs[t]);
    }
    return result;
  }
  result.default_cost = unit.whole(function.default_cost);
  std::vector<std::size_t> order(function.costs.size());
  std::iota(order.begin(), order.end(), 0);
  const auto value = [&](std::size_t tuple, std::size_t place) { return function.tuples[tuple * arity + place]; };
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    for (const std::size_t i : places)
      if (value(a, i) != value(b, i)) return value(a, i) < value(b, i);
    return false;
  });
  for (const std::size_t t : order) {
    for (const std::size_t i : places) result.tuples.push_back(value(t, i));
    result.costs.push_back(unit.whole(function.costs[t]));
  }
  return result;
}

CoreParts make_core(const CostNetwork& network, const CostUnit& unit) {
  const auto n = static_cast<std::uint32_t>(network.sizes.size());
  CoreParts core;
  std::vector<std::vector<double>> unary(n);
  for (std::uint32_t v = 0; v < n; ++v) unary[v].assign(static_cast<std::size_t>(network.sizes[v]), 0);
  std::vector<CoreFunction> functions;
  std::map<std::vector<std::uint32_t>, std::size_t> of_scope;
  for (std::uint32_t f = 0; f < network.functions.size(); ++f) {
    CoreFunction function = ascending(network.functions[f], network.sizes, unit);
    const double least = take_least(function);
    core.constant += least;
    if (least > 0 || (function.scope.size() == 1 && !is_zero(function))) core.paid.push_back(f);
    if (core.constant == infinity) return core;
    if (is_zero(function)) continue;
    function.sources = {f};
    if (function.scope.size() == 1) {
      std::vector<double>& own = unary[function.scope[0]];
      std::ranges::transform(own, function.cells, own.begin(), std::plus<>());
      continue;
    }
    if (!function.is_sparse()) {
      const auto [at, fresh] = of_scope.try_emplace(function.scope, functions.size());
      if (!fresh) {
        CoreFunction& sum = functions[at->second];
        std::ranges::transform(sum.cells, function.cells, sum.cells.begin(), std::plus<>());
        sum.sources.push_back(f);
        continue;
      }
    }
    functions.push_back(std::move(function));
  }
  for (CoreFunction& function : functions) {
    const double least = take_least(function);
    core.constant += least;
    if (least > 0) core.paid.insert(core.paid.end(), function.sources.begin(), function.sources.end());
  }
  std::ranges::sort(core.paid);
  core.paid.erase(std::unique(core.paid.begin(), core.paid.end()), core.paid.end());

  std::vector<std::uint32_t> parent(n), part(n), place(n);
  std::iota(parent.begin(), parent.end(), 0);
  for (const CoreFunction& function : functions)
    for (const std::uint32_t v : function.scope) parent[find_root(parent, v)] = find_root(parent, function.scope[0]);
  core.alone.assign(n, 0);
  for (std::uint32_t v = 0; v < n; ++v) {
    const auto best = std::ranges::min_element(unary[v]);
    const double least = *best;
    core.alone[v] = static_cast<ValueIndex>(best - unary[v].begin());
    core.constant += least;
    if (core.constant == infinity) return core;
    for (double& cost : unary[v]) cost -= least;
  }
  std::vector<bool> linked(n, false);
  for (const CoreFunction& function : functions)
    for (const std::uint32_t v : function.scope) linked[v] = true;
  // Parts in the order of their first variables.
  std::vector<std::uint32_t> part_of_root(n, n);
  for (std::uint32_t v = 0; v < n; ++v) {
    if (!linked[v]) continue;
    const std::uint32_t root = find_root(parent, v);
    if (part_of_root[root] == n) {
      part_of_root[root] = static_cast<std::uint32_t>(core.parts.size());
      core.parts.emplace_back();
    }
    part[v] = part_of_root[root];
    CoreNetwork& home = core.parts[part[v]];
    place[v] = static_cast<std::uint32_t>(home.variables.size());
    home.variables.push_back(v);
    home.sizes.push_back(network.sizes[v]);
    home.unary.push_back(std::move(unary[v]));
  }
  for (CoreFunction& function : functions) {
    CoreNetwork& home = core.parts[part[function.scope[0]]];
    for (std::uint32_t& v : function.scope) v = place[v];
    home.functions.push_back(std::move(function));
  }
  return core;
}

}  // namespace entente
