// SPDX-License-Identifier: MIT
// Topologies: from lists, and the usual ones.
#include "entente/carriers/topology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"

namespace entente {

Topology::Topology(const std::vector<std::vector<Address>>& neighbours) : first_{0} {
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    std::vector<Address> list = neighbours[i];
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    for (const Address one : list) {
      if (one.number == 0 || one.number > neighbours.size())
        throw Error(ErrorCode::bad_input,
                    fmt::format("topology: {} was found among the neighbours of {}, where addresses "
                                "are 1 to {}",
                                one.number, i + 1, neighbours.size()));
      if (one.number == i + 1)
        throw Error(ErrorCode::bad_input, fmt::format("topology: {} was found among its own neighbours", i + 1));
    }
    items_.insert(items_.end(), list.begin(), list.end());
    first_.push_back(items_.size());
  }
}

Topology Topology::from_links(std::size_t count, std::span<const std::pair<std::uint32_t, std::uint32_t>> links) {
  std::vector<std::vector<Address>> lists(count);
  for (const auto& [a, b] : links) {
    if (a >= count || b >= count)
      throw Error(ErrorCode::bad_input,
                  fmt::format("topology: a link of {} and {} was found, where positions are 0 to {}", a, b,
                              count == 0 ? 0 : count - 1));
    lists[a].push_back({b + 1});
    lists[b].push_back({a + 1});
  }
  return Topology(lists);
}

Topology Topology::ring(std::size_t count) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> links;
  for (std::size_t i = 0; i + 1 < count; ++i) links.emplace_back(i, i + 1);
  if (count > 2) links.emplace_back(count - 1, 0);
  return from_links(count, links);
}

Topology Topology::small_world(std::size_t count, std::size_t degree, double probability, std::uint64_t seed) {
  if (degree < 2 || degree % 2 != 0 || degree >= count)
    throw Error(ErrorCode::wrong_use,
                fmt::format("small world: a degree of {} was found, where an even number from 2 to {} was expected",
                            degree, count == 0 ? 0 : count - 1));
  if (!(probability >= 0 && probability <= 1))
    throw Error(ErrorCode::wrong_use,
                fmt::format("small world: a probability of {} was found, where 0 to 1 was expected", probability));
  std::vector<std::set<std::uint32_t>> linked(count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t step = 1; step <= degree / 2; ++step) {
      const std::size_t j = (i + step) % count;
      linked[i].insert(std::uint32_t(j));
      linked[j].insert(std::uint32_t(i));
    }
  Random random(seed);
  for (std::size_t step = 2; step <= degree / 2; ++step)
    for (std::size_t i = 0; i < count; ++i) {
      const auto j = std::uint32_t((i + step) % count);
      if (random.uniform() >= probability || linked[i].size() + 1 >= count) continue;
      std::uint32_t other;
      do other = std::uint32_t(random.below(count));
      while (other == i || linked[i].count(other) > 0);
      linked[i].erase(j);
      linked[j].erase(std::uint32_t(i));
      linked[i].insert(other);
      linked[other].insert(std::uint32_t(i));
    }
  std::vector<std::vector<Address>> lists(count);
  for (std::size_t i = 0; i < count; ++i)
    for (const std::uint32_t j : linked[i]) lists[i].push_back({j + 1});
  return Topology(lists);
}

}  // namespace entente
