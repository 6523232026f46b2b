// SPDX-License-Identifier: MIT
// Depth-first branch and bound with forward checking.
#include "kernel/exact/minimise.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace entente {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

class Search {
 public:
  Search(const CostNetwork& network, const MinimiseOptions& options)
      : network_(network), options_(options), value_(network.sizes.size(), no_value), around_(network.sizes.size()) {
    for (const ValueIndex size : network.sizes) unary_.emplace_back(static_cast<std::size_t>(size), 0.0);
    waiting_.resize(network.functions.size());
    least_.resize(network.functions.size(), 0.0);
    for (std::uint32_t f = 0; f < network.functions.size(); ++f) {
      const NetworkFunction& function = network.functions[f];
      waiting_[f] = static_cast<std::uint32_t>(function.scope.size());
      for (const std::uint32_t v : function.scope) around_[v].push_back(f);
      least_[f] = least(function);
      constant_ += least_[f];
    }
    for (std::uint32_t f = 0; f < network.functions.size(); ++f)
      if (waiting_[f] == 1) spread(f, unary_);
  }

  MinimiseResult run() {
    if (!options_.start.empty()) offer(options_.start);
    MinimiseResult result;
    const double root = bound(unary_);
    search();
    result.assignment = best_;
    result.cost = best_cost_;
    result.status = stopped_                 ? MinimiseResult::Status::stopped
                    : best_cost_ == infinity ? MinimiseResult::Status::infeasible
                                             : MinimiseResult::Status::optimal;
    result.bound =
        stopped_ ? std::min(std::max(root, options_.known_bound), result.cost) : std::min(result.cost, infinity);
    if (stopped_ && best_cost_ < infinity && result.cost <= result.bound)
      result.status = MinimiseResult::Status::optimal;
    result.nodes = nodes_;
    result.work = work_;
    result.justification.resize(network_.functions.size());
    std::iota(result.justification.begin(), result.justification.end(), 0);
    return result;
  }

 private:
  static double least(const NetworkFunction& function) {
    double least = function.is_sparse() ? function.default_cost : infinity;
    for (const double cost : function.cells) least = std::min(least, cost);
    for (const double cost : function.costs) least = std::min(least, cost);
    return least;
  }

  void offer(std::span<const ValueIndex> assignment) {
    const double cost = network_cost(network_, assignment);
    if (!(cost < best_cost_) || !(cost < network_.limit)) return;
    best_cost_ = cost;
    best_.assign(assignment.begin(), assignment.end());
  }

  double bound(const std::vector<std::vector<double>>& unary) const {
    double sum = constant_;
    for (std::size_t v = 0; v < unary.size(); ++v)
      sum += value_[v] == no_value ? *std::ranges::min_element(unary[v]) : unary[v][std::size_t(value_[v])];
    return sum;
  }

  // Adds what function `f` costs each value of its last variable without a value.
  void spread(std::uint32_t f, std::vector<std::vector<double>>& unary) {
    const NetworkFunction& function = network_.functions[f];
    if (least_[f] == infinity) return;
    for (const std::uint32_t v : function.scope) {
      if (value_[v] != no_value) continue;
      CostNetwork one;
      for (ValueIndex a = 0; a < network_.sizes[v]; ++a) {
        value_[v] = a;
        unary[v][std::size_t(a)] += cost(function) - least_[f];
      }
      work_ += std::uint64_t(network_.sizes[v]);
      value_[v] = no_value;
      return;
    }
  }

  double cost(const NetworkFunction& function) const {
    std::size_t cell = 0;
    if (!function.is_sparse()) {
      for (const std::uint32_t v : function.scope)
        cell = cell * std::size_t(network_.sizes[v]) + std::size_t(value_[v]);
      return function.cells[cell];
    }
    const std::size_t arity = function.scope.size();
    for (std::size_t t = 0; t < function.costs.size(); ++t) {
      std::size_t i = 0;
      while (i < arity && function.tuples[t * arity + i] == value_[function.scope[i]]) ++i;
      if (i == arity) return function.costs[t];
    }
    return function.default_cost;
  }

  void search() {
    ++nodes_;
    if (work_ >= options_.work || options_.stop.raised()) {
      stopped_ = true;
      return;
    }
    if (best_cost_ <= options_.known_bound) return;
    if (!(bound(unary_) < std::min(best_cost_, network_.limit))) return;
    std::size_t next = value_.size();
    double best_rank = infinity;
    for (std::size_t v = 0; v < value_.size(); ++v) {
      if (value_[v] != no_value) continue;
      double allowed = 0;
      for (const double cost : unary_[v]) allowed += cost < infinity ? 1 : 0;
      const double rank = allowed / (1 + double(around_[v].size()));
      if (rank < best_rank || next == value_.size()) best_rank = rank, next = v;
    }
    if (next == value_.size()) return offer(value_);
    std::vector<ValueIndex> order(unary_[next].size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](ValueIndex a) { return unary_[next][std::size_t(a)]; });
    const auto saved = unary_;
    for (const ValueIndex a : order) {
      value_[next] = a;
      for (const std::uint32_t f : around_[next])
        if (--waiting_[f] == 1) spread(f, unary_);
      if (bound(unary_) < std::min(best_cost_, network_.limit)) search();
      for (const std::uint32_t f : around_[next]) ++waiting_[f];
      unary_ = saved;
      value_[next] = no_value;
      if (stopped_) return;
    }
  }

  const CostNetwork& network_;
  const MinimiseOptions& options_;
  std::vector<ValueIndex> value_, best_;
  std::vector<std::vector<double>> unary_;
  std::vector<std::vector<std::uint32_t>> around_;
  std::vector<std::uint32_t> waiting_;
  std::vector<double> least_;
  double constant_ = 0, best_cost_ = infinity;
  std::uint64_t nodes_ = 0, work_ = 0;
  bool stopped_ = false;
};

}  // namespace

MinimiseResult minimise(const CostNetwork& network, const MinimiseOptions& options) {
  return Search(network, options).run();
}

}  // namespace entente
