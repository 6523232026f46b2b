// SPDX-License-Identifier: MIT
// Small random cost networks, and their optimum by trying everything.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "entente/base/random.hpp"
#include "kernel/exact/cost_network.hpp"

namespace entente::samples {

inline constexpr double infinity_of_costs = std::numeric_limits<double>::infinity();

enum class Numbers { whole, decimal, fractional, large };

struct NetworkShape {
  std::uint64_t variables = 7, values = 4, functions = 14, arity = 4;
  Numbers numbers = Numbers::whole;
  bool negative = true;
  std::uint64_t hard_in = 6;    ///< One cost in so many is infinite; 0: none.
  std::uint64_t sparse_in = 3;  ///< One function in so many is sparse; 0: none.
};

inline double network_sample_cost(Random& random, const NetworkShape& shape) {
  if (shape.hard_in != 0 && random.below(shape.hard_in) == 0) return std::numeric_limits<double>::infinity();
  const double whole = static_cast<double>(random.below(21)) - (shape.negative ? 10 : 0);
  switch (shape.numbers) {
    case Numbers::whole: return whole;
    case Numbers::decimal: return whole / 10;
    case Numbers::fractional: return whole + random.uniform();
    case Numbers::large: return whole * 1234567 + static_cast<double>(random.below(1000));
  }
  return whole;
}

/// At least one variable, and sizes, arities and costs up to those of `shape`.
inline CostNetwork random_network(std::uint64_t seed, const NetworkShape& shape) {
  Random random(seed);
  CostNetwork network;
  const std::uint64_t n = 1 + random.below(shape.variables);
  for (std::uint64_t v = 0; v < n; ++v)
    network.sizes.push_back(static_cast<ValueIndex>(1 + random.below(shape.values)));
  for (std::uint64_t f = random.below(shape.functions + 1); f > 0; --f) {
    NetworkFunction& function = network.functions.emplace_back();
    std::vector<std::uint32_t> all(n);
    for (std::uint32_t v = 0; v < n; ++v) all[v] = v;
    std::size_t cells = 1;
    for (std::uint64_t k = random.below(std::min(shape.arity, n) + 1); k > 0; --k) {
      const auto at = static_cast<std::ptrdiff_t>(random.below(all.size()));
      function.scope.push_back(all[static_cast<std::size_t>(at)]);
      all.erase(all.begin() + at);
      cells *= static_cast<std::size_t>(network.sizes[function.scope.back()]);
    }
    const bool sparse = shape.sparse_in != 0 && random.below(shape.sparse_in) == 0;
    if (sparse) function.default_cost = network_sample_cost(random, shape);
    for (std::size_t cell = 0; cell < cells; ++cell) {
      const double cost = network_sample_cost(random, shape);
      if (!sparse) {
        function.cells.push_back(cost);
      } else if (random.below(3) == 0) {
        std::vector<ValueIndex> tuple(function.scope.size());
        std::size_t rest = cell;
        for (std::size_t i = tuple.size(); i-- > 0;) {
          const auto size = static_cast<std::size_t>(network.sizes[function.scope[i]]);
          tuple[i] = static_cast<ValueIndex>(rest % size);
          rest /= size;
        }
        function.tuples.insert(function.tuples.end(), tuple.begin(), tuple.end());
        function.costs.push_back(cost);
      }
    }
  }
  return network;
}

/// The least cost of all assignments below the network's limit; +infinity if there is none.
inline double brute_force(const CostNetwork& network) {
  std::vector<ValueIndex> values(network.sizes.size(), 0);
  double best = std::numeric_limits<double>::infinity();
  for (;;) {
    const double cost = network_cost(network, values);
    if (cost < network.limit) best = std::min(best, cost);
    std::size_t i = values.size();
    for (; i > 0; --i) {
      if (++values[i - 1] < network.sizes[i - 1]) break;
      values[i - 1] = 0;
    }
    if (i == 0) return best;
  }
}

/// Sums of the same numbers in different orders differ by no more.
inline double rounding(double cost) { return 1e-9 * std::max(1.0, std::abs(cost)); }

}  // namespace entente::samples
