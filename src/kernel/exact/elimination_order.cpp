// SPDX-License-Identifier: MIT
// Min-fill on sorted neighbour lists; fill is counted again only where an elimination may have changed it.
#include "kernel/exact/elimination_order.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "kernel/cost_table.hpp"

namespace entente {
namespace {

constexpr std::size_t most_entries = std::size_t(1) << 22;  // of all separators
constexpr double hopeless = 1e30;                           // cells of one join
constexpr std::size_t most_fill_work = std::size_t(1) << 26;

class Orderer {
 public:
  explicit Orderer(const CoreNetwork& core) : core_(core), near_(core.sizes.size()) {
    for (const CoreFunction& function : core.functions)
      for (const std::uint32_t v : function.scope)
        for (const std::uint32_t w : function.scope)
          if (v != w) near_[v].push_back(w);
    for (auto& list : near_) {
      std::ranges::sort(list);
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
  }

  CoreOrder run() {
    const auto n = static_cast<std::uint32_t>(near_.size());
    rank_.resize(n);
    cells_.resize(n);
    for (std::uint32_t v = 0; v < n; ++v) queue_.insert({rank_[v] = fill(v), cells_[v] = cells(v), v});
    result_.separator.resize(n);
    std::size_t entries = 0;
    while (!queue_.empty()) {
      const std::uint32_t v = std::get<2>(*queue_.begin());
      queue_.erase(queue_.begin());
      result_.order.push_back(v);
      entries += near_[v].size();
      const double joined = cells(v);
      if (entries > most_entries || joined > hopeless) {
        for (const auto& entry : queue_) result_.order.push_back(std::get<2>(entry));
        result_.cells = result_.bytes = std::numeric_limits<double>::infinity();
        return std::move(result_);
      }
      result_.cells += joined;
      result_.bytes += joined / core_.sizes[v] * sizeof(double);
      result_.width = std::max(result_.width, near_[v].size());
      eliminate(v);
      result_.separator[v] = std::move(near_[v]);
    }
    return std::move(result_);
  }

 private:
  double cells(std::uint32_t v) const {
    double product = core_.sizes[v];
    for (const std::uint32_t w : near_[v]) product *= core_.sizes[w];
    return product;
  }

  // Pairs of neighbours that are not neighbours themselves; the degree once counting became too much.
  std::uint64_t fill(std::uint32_t v) {
    const auto& list = near_[v];
    if (work_ > most_fill_work) return list.size();
    std::uint64_t missing = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto& other = near_[list[i]];
      work_ += list.size() + other.size();
      std::size_t common = 0;
      for (auto a = list.begin() + static_cast<std::ptrdiff_t>(i) + 1, b = other.begin();
           a != list.end() && b != other.end();) {
        if (*a < *b)
          ++a;
        else if (*b < *a)
          ++b;
        else
          ++common, ++a, ++b;
      }
      missing += list.size() - i - 1 - common;
    }
    return missing;
  }

  void eliminate(std::uint32_t v) {
    const auto& around = near_[v];
    std::vector<std::uint32_t> merged, touched(around);
    for (const std::uint32_t w : around) {
      merged.clear();
      std::ranges::set_union(near_[w], around, std::back_inserter(merged));
      std::erase_if(merged, [&](std::uint32_t u) { return u == v || u == w; });
      // Where a link was added, common neighbours of its ends have less to fill.
      if (merged.size() + 1 != near_[w].size() && work_ <= most_fill_work)
        touched.insert(touched.end(), merged.begin(), merged.end());
      near_[w] = merged;
    }
    std::ranges::sort(touched);
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const std::uint32_t w : touched) {
      queue_.erase({rank_[w], cells_[w], w});
      queue_.insert({rank_[w] = fill(w), cells_[w] = cells(w), w});
    }
  }

  const CoreNetwork& core_;
  std::vector<std::vector<std::uint32_t>> near_;
  std::vector<std::uint64_t> rank_;
  std::vector<double> cells_;
  std::set<std::tuple<std::uint64_t, double, std::uint32_t>> queue_;
  std::size_t work_ = 0;
  CoreOrder result_;
};

}  // namespace

CoreOrder elimination_order(const CoreNetwork& core) { return Orderer(core).run(); }

CoreNetwork renumber(CoreNetwork core, const std::vector<std::uint32_t>& order) {
  const std::size_t n = order.size();
  std::vector<std::uint32_t> place(n);
  CoreNetwork result;
  result.constant = core.constant;
  for (std::uint32_t i = 0; i < n; ++i) {
    place[order[i]] = i;
    result.variables.push_back(core.variables[order[i]]);
    result.sizes.push_back(core.sizes[order[i]]);
    result.unary.push_back(std::move(core.unary[order[i]]));
  }
  for (CoreFunction& function : core.functions) {
    NetworkFunction given;
    for (const std::uint32_t v : function.scope) given.scope.push_back(place[v]);
    given.cells = std::move(function.cells);
    given.default_cost = function.default_cost;
    given.tuples = std::move(function.tuples);
    given.costs = std::move(function.costs);
    result.functions.push_back(ascending(given, result.sizes, {}));
    result.functions.back().sources = std::move(function.sources);
  }
  return result;
}

}  // namespace entente
