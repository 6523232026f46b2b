// SPDX-License-Identifier: MIT
// ConsensusTopology, its usual shapes and its components.
#include <algorithm>
#include <string>
#include <unordered_set>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"
#include "entente/kernel/consensus_topology.hpp"

namespace entente {

ConsensusTopology::ConsensusTopology(std::uint32_t participants, std::span<const Link> links, bool directed)
    : first_(std::size_t(participants) + 1) {
  for (std::size_t l = 0; l < links.size(); ++l) {
    const auto [from, to] = links[l];
    if (from >= participants || to >= participants)
      throw Error(ErrorCode::bad_input,
                  "link " + std::to_string(l) + " names participant " + std::to_string(std::max(from, to)) +
                      "; participants are numbered from 0 to " + std::to_string(std::int64_t(participants) - 1));
    if (from == to)
      throw Error(ErrorCode::bad_input, "link " + std::to_string(l) + " joins participant " + std::to_string(from) +
                                            " to itself; everybody knows their own number without a link");
  }
  if (links.size() > 0x7fffffffu)
    throw Error(ErrorCode::too_large, std::to_string(links.size()) + " links; at most 2147483647 can be numbered");
  for (const auto& [from, to] : links) {
    ++first_[to + std::size_t(1)];
    if (!directed) ++first_[from + std::size_t(1)];
  }
  for (std::size_t i = 1; i <= participants; ++i) first_[i] += first_[i - 1];
  heard_.resize(first_[participants]);
  std::vector<std::uint32_t> at(first_.begin(), first_.end() - 1);
  for (const auto& [from, to] : links) {
    heard_[at[to]++] = from;
    if (!directed) heard_[at[from]++] = to;
  }
  std::uint32_t kept = 0, begin = 0;
  for (std::uint32_t i = 0; i < participants; ++i) {
    const std::uint32_t end = first_[i + std::size_t(1)];
    std::sort(heard_.begin() + begin, heard_.begin() + end);
    for (std::uint32_t e = begin; e < end; ++e)
      if (e == begin || heard_[e] != heard_[e - 1]) heard_[kept++] = heard_[e];
    begin = end;
    first_[i + std::size_t(1)] = kept;
  }
  heard_.resize(kept);
  if (!directed) return;
  out_degree_.resize(participants);
  for (const std::uint32_t source : heard_) ++out_degree_[source];
}

ConsensusTopology complete_topology(std::uint32_t participants) {
  std::vector<ConsensusTopology::Link> links;
  links.reserve(std::size_t(participants) * (participants ? participants - 1 : 0) / 2);
  for (std::uint32_t i = 0; i < participants; ++i)
    for (std::uint32_t j = i + 1; j < participants; ++j) links.emplace_back(i, j);
  return {participants, links};
}

ConsensusTopology ring_topology(std::uint32_t participants) {
  std::vector<ConsensusTopology::Link> links;
  for (std::uint32_t i = 0; participants > 1 && i < participants; ++i) links.emplace_back(i, (i + 1) % participants);
  return {participants, links};
}

ConsensusTopology chordal_ring_topology(std::uint32_t participants) {
  std::vector<ConsensusTopology::Link> links;
  for (std::uint64_t reach = 1; reach <= participants / 2; reach *= 2)
    for (std::uint32_t i = 0; i < participants; ++i) links.emplace_back(i, std::uint32_t((i + reach) % participants));
  return {participants, links};
}

ConsensusTopology random_regular_topology(std::uint32_t participants, std::uint32_t degree, std::uint64_t seed) {
  if ((participants > 0 && degree >= participants) || std::uint64_t(participants) * degree % 2)
    throw Error(ErrorCode::wrong_use, "no graph of " + std::to_string(participants) + " participants has degree " +
                                          std::to_string(degree) +
                                          " everywhere: the degree is below their number, and the product is even");
  if (participants > 0 && degree + 1 == participants) return complete_topology(participants);
  std::vector<std::uint32_t> ends;
  ends.reserve(std::size_t(participants) * degree);
  for (std::uint32_t i = 0; i < participants; ++i) ends.insert(ends.end(), degree, i);
  Random random(seed);
  for (std::size_t i = ends.size(); i > 1; --i) std::swap(ends[i - 1], ends[random.below(i)]);
  const std::size_t count = ends.size() / 2;
  const auto key = [&](std::size_t l) {
    const auto [low, high] = std::minmax(ends[2 * l], ends[2 * l + 1]);
    return std::uint64_t(low) << 32 | high;
  };
  std::unordered_set<std::uint64_t> there;
  there.reserve(count * 2);
  std::vector<std::size_t> bad;
  std::vector<bool> is_bad(count);
  for (std::size_t l = 0; l < count; ++l) {
    is_bad[l] = ends[2 * l] == ends[2 * l + 1] || !there.insert(key(l)).second;
    if (is_bad[l]) bad.push_back(l);
  }
  // Exchanging an end with a random good link keeps all degrees. Most attempts succeed at once unless the graph is
  // almost complete; then a new permutation is as good.
  std::uint64_t attempts = 0;
  while (!bad.empty()) {
    if (++attempts > 200 * (count + 10)) return random_regular_topology(participants, degree, mix(seed + 1));
    const std::size_t l = bad.back(), other = random.below(count);
    if (is_bad[other]) continue;
    there.erase(key(other));
    std::swap(ends[2 * l + 1], ends[2 * other + 1]);
    const bool loops = ends[2 * l] == ends[2 * l + 1] || ends[2 * other] == ends[2 * other + 1];
    if (!loops && key(l) != key(other) && !there.contains(key(l)) && !there.contains(key(other))) {
      there.insert(key(l));
      there.insert(key(other));
      is_bad[l] = false;
      bad.pop_back();
    } else {
      std::swap(ends[2 * l + 1], ends[2 * other + 1]);
      there.insert(key(other));
    }
  }
  std::vector<ConsensusTopology::Link> links(count);
  for (std::size_t l = 0; l < count; ++l) links[l] = {ends[2 * l], ends[2 * l + 1]};
  return {participants, links};
}

ConsensusComponents components_of(const ConsensusTopology& topology) {
  // Disjoint sets, whose roots are their lowest members: most lookups end at once, as parents are low and near the
  // root.
  const std::uint32_t n = topology.participants();
  std::vector<std::uint32_t> parent(n);
  for (std::uint32_t i = 0; i < n; ++i) parent[i] = i;
  const auto root_of = [&](std::uint32_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (std::uint32_t i = 0; i < n; ++i) {
    std::uint32_t root = root_of(i);
    for (const std::uint32_t j : topology.heard_by(i)) {
      if (j > i && !topology.directed()) break;  // j will look at this link
      if (parent[j] == root) continue;
      const std::uint32_t other = root_of(j);
      if (other < root)
        root = parent[root] = other;
      else
        parent[other] = root;
    }
  }
  ConsensusComponents result{std::vector<std::uint32_t>(n), 0};
  // A root is the lowest of its set, so its number is known before any member asks for it.
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::uint32_t root = root_of(i);
    result.of[i] = root == i ? result.count++ : result.of[root];
  }
  return result;
}

}  // namespace entente
