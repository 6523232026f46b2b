// SPDX-License-Identifier: MIT
// Up with tables, down with values; the tables are joined and projected by the kernel that DPOP uses.
#include "kernel/exact/bucket_elimination.hpp"

#include <algorithm>

#include "kernel/cost_table.hpp"
#include "kernel/join_project.hpp"

namespace entente {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

class Buckets {
 public:
  Buckets(const CoreNetwork& core, const CoreOrder& order, std::uint64_t memory, const StopSignal& stop)
      : core_(core),
        order_(order),
        budget_(memory),
        stop_(stop),
        place_(core.sizes.size()),
        buckets_(core.sizes.size()) {
    for (std::uint32_t i = 0; i < order.order.size(); ++i) place_[order.order[i]] = i;
    for (const CoreFunction& function : core.functions) {
      std::vector<ValueIndex> sizes;
      for (const std::uint32_t v : function.scope) sizes.push_back(core.sizes[v]);
      put(CostTable::borrow(function.scope, std::move(sizes), function.cells.data()));
    }
    for (std::uint32_t v = 0; v < core.sizes.size(); ++v)
      put(CostTable::borrow({v}, {core.sizes[v]}, core.unary[v].data()));
  }

  BucketResult run() {
    BucketResult result;
    std::vector<std::vector<Dimension>> separators(core_.sizes.size());
    double constant = core_.constant;
    for (const std::uint32_t v : order_.order) {
      std::vector<Dimension>& separator = separators[v];
      for (const std::uint32_t w : order_.separator[v]) separator.push_back({w, core_.sizes[w]});
      // What is eliminated next comes first, then from the last to be eliminated on: rows are long then.
      std::ranges::sort(
          separator, [&](const Dimension& a, const Dimension& b) { return place_[a.variable] > place_[b.variable]; });
      if (!separator.empty()) std::rotate(separator.begin(), separator.end() - 1, separator.end());
      auto table = projector_.project(join(buckets_[v]), {v, core_.sizes[v]}, separator, budget_, stop_);
      if (!table) return result;
      if (separator.empty())
        constant += table->cells()[0];
      else
        put(std::move(*table));
    }
    result.finished = true;
    if (constant == infinity) return result;
    result.assignment.assign(core_.sizes.size(), 0);
    std::vector<ValueIndex> values;
    for (auto v = order_.order.rbegin(); v != order_.order.rend(); ++v) {
      values.clear();
      for (const Dimension& dimension : separators[*v]) values.push_back(result.assignment[dimension.variable]);
      result.assignment[*v] =
          projector_.best_value(join(buckets_[*v]), {*v, core_.sizes[*v]}, separators[*v], values).value;
    }
    result.cost = constant;
    return result;
  }

 private:
  void put(CostTable table) {
    const auto first = std::ranges::min_element(table.scope(), {}, [&](VariableId v) { return place_[v]; });
    buckets_[*first].push_back(std::move(table));
  }

  const CoreNetwork& core_;
  const CoreOrder& order_;
  MemoryBudget budget_;
  const StopSignal& stop_;
  std::vector<std::uint32_t> place_;
  std::vector<std::vector<CostTable>> buckets_;
  Projector projector_;
};

}  // namespace

bool can_eliminate(const CoreNetwork& core, const CoreOrder& order, std::uint64_t memory) {
  if (!(order.bytes <= 0.9 * static_cast<double>(memory))) return false;
  return std::ranges::none_of(core.functions, &CoreFunction::is_sparse);
}

BucketResult eliminate_buckets(const CoreNetwork& core, const CoreOrder& order, std::uint64_t memory,
                               const StopSignal& stop) {
  return Buckets(core, order, memory, stop).run();
}

}  // namespace entente
