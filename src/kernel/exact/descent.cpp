// SPDX-License-Identifier: MIT
// Best replies in a fixed order.
#include "kernel/exact/descent.hpp"

#include <algorithm>

#include "kernel/ranked_cost.hpp"

namespace entente {
namespace {

constexpr int most_rounds = 10;

class Descender {
 public:
  Descender(const CoreNetwork& core, std::uint64_t work) : core_(core), allowed_(work), around_(core.sizes.size()) {
    result_.assignment.assign(core.sizes.size(), no_value);
    for (std::uint32_t f = 0; f < core.functions.size(); ++f)
      for (std::uint32_t place = 0; place < core.functions[f].scope.size(); ++place)
        around_[core.functions[f].scope[place]].push_back({f, place});
  }

  Descent run() {
    bool moved = true;
    for (int round = 0; moved && round < most_rounds; ++round) {
      moved = false;
      for (std::uint32_t v = 0; v < core_.sizes.size(); ++v) {
        const ValueIndex best = best_value(v);
        moved |= best != result_.assignment[v];
        result_.assignment[v] = best;
      }
      if (result_.work >= allowed_) break;
    }
    result_.cost = core_.cost(result_.assignment);
    return std::move(result_);
  }

 private:
  // Given the values of those that have one.
  ValueIndex best_value(std::uint32_t v) {
    const auto size = static_cast<std::size_t>(core_.sizes[v]);
    sums_.assign(size, {});
    for (std::size_t a = 0; a < size; ++a) sums_[a] += RankedCost::of(core_.unary[v][a]);
    for (const auto& [f, place] : around_[v]) {
      const CoreFunction& function = core_.functions[f];
      tuple_.clear();
      for (const std::uint32_t w : function.scope) tuple_.push_back(w == v ? 0 : result_.assignment[w]);
      if (std::ranges::find(tuple_, no_value) != tuple_.end()) continue;
      result_.work += size;
      for (std::size_t a = 0; a < size; ++a) {
        tuple_[place] = static_cast<ValueIndex>(a);
        sums_[a] += RankedCost::of(function.at(tuple_, core_.sizes));
      }
    }
    return static_cast<ValueIndex>(std::min_element(sums_.begin(), sums_.end()) - sums_.begin());
  }

  const CoreNetwork& core_;
  const std::uint64_t allowed_;
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> around_;  // function and place
  std::vector<RankedCost> sums_;
  std::vector<ValueIndex> tuple_;
  Descent result_;
};

}  // namespace

Descent descend(const CoreNetwork& core, std::uint64_t work) { return Descender(core, work).run(); }

}  // namespace entente
