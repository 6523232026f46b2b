// SPDX-License-Identifier: MIT
// What generators refuse.
#include "generate/options.hpp"

#include <cmath>

namespace entente::generate {

void refuse(std::string_view option, const std::string& why) {
  Place place;
  place.key = std::string(option);
  throw Error(ErrorCode::wrong_use, place, why);
}

void check_costs(const CostOptions& costs) {
  constexpr double most = 9007199254740992.0;  // 2^53: whole numbers beyond are not exact
  check_range("cost_low", costs.cost_low, -most, most);
  check_range("cost_high", costs.cost_high, -most, most);
  if (costs.cost_low > costs.cost_high) {
    refuse("cost_high", fmt::format("{} is below cost_low, which is {}", costs.cost_high, costs.cost_low));
  }
  if (!costs.real_costs) {
    for (const auto& [option, cost] :
         {std::pair("cost_low", costs.cost_low), std::pair("cost_high", costs.cost_high)}) {
      if (cost != std::floor(cost)) refuse(option, fmt::format("{} is no whole number; ask for real costs", cost));
    }
  }
  check_range("hard_share", costs.hard_share, 0.0, 1.0);
}

std::uint64_t check_cells(std::uint64_t domain_size, std::uint32_t arity) {
  std::uint64_t cells = 1;
  for (std::uint32_t i = 0; i < arity; ++i) {
    cells *= domain_size;
    if (cells <= most_cells) continue;
    throw Error(ErrorCode::too_large, fmt::format("a table over {} domains of {} values has more than {} cells; lower "
                                                  "arity or domain_size",
                                                  arity, domain_size, most_cells));
  }
  return cells;
}

void check_constraints(std::uint64_t count) {
  if (count <= most_constraints) return;
  throw Error(ErrorCode::too_large,
              fmt::format("{} constraints are more than the {} a generated problem may have", count, most_constraints));
}

}  // namespace entente::generate
