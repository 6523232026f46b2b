// SPDX-License-Identifier: MIT
// Greedy elimination on sorted neighbour lists, with exact fill counts and a bound on the work.
#include "graph/elimination_order.hpp"

#include <algorithm>
#include <bit>
#include <queue>
#include <utility>

namespace entente {

namespace {

/// Calls `use(x)` for each element of the sorted range `few` that is in the sorted range `many` (`wanted`) or is not.
/// Returns the steps it took: linear, or logarithmic in `many` where that is less.
template <class Use>
std::uint64_t for_members(std::span<const std::uint32_t> few, std::span<const std::uint32_t> many, bool wanted,
                          Use use) {
  const std::uint64_t search_steps = few.size() * (std::bit_width(many.size()) + std::uint64_t(1));
  const bool search = search_steps < many.size();
  auto position = many.begin();
  for (const std::uint32_t x : few) {
    if (search) {
      position = std::lower_bound(position, many.end(), x);
    } else {
      while (position != many.end() && *position < x) ++position;
    }
    if ((position != many.end() && *position == x) == wanted) use(x);
  }
  return search ? search_steps : few.size() + many.size();
}

/// The graph that remains while variables are eliminated.
class RemainingGraph {
 public:
  RemainingGraph(const ConstraintGraph& graph, EliminationRule rule, std::uint64_t work_limit)
      : counts_fill_(rule == EliminationRule::min_fill), work_limit_(work_limit) {
    const std::uint32_t size = graph.size();
    neighbours_.reserve(size);
    degree_.resize(size);
    for (std::uint32_t v = 0; v < size; ++v) {
      neighbours_.emplace_back(graph[v].begin(), graph[v].end());
      degree_[v] = graph.degree(v);
    }
    gone_.assign(size, 0);
    changed_at_.assign(size, no_id);
    if (counts_fill_) count_fill();
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(degree_.size()); }
  bool gone(std::uint32_t v) const { return gone_[v] != 0; }
  std::uint32_t degree(std::uint32_t v) const { return degree_[v]; }
  std::int64_t key(std::uint32_t v) const { return counts_fill_ ? fill_[v] : degree_[v]; }
  /// Whether looking at a variable with so many neighbours is still within the work limit.
  bool exhausted(std::size_t degree = 0) const {
    return work_ > work_limit_ && (degree > narrow_degree || work_ / elimination_patience > work_limit_);
  }

  /// Removes `v` and makes its neighbours a clique. Returns the variables whose keys may have changed; when the work
  /// limit is met on the way, keys are no longer exact.
  const std::vector<std::uint32_t>& eliminate(std::uint32_t v) {
    changed_.clear();
    clique_.clear();
    for (const std::uint32_t u : neighbours_[v]) {
      if (!gone_[u]) clique_.push_back(u);
    }
    work_ += neighbours_[v].size();
    gone_[v] = 1;
    neighbours_[v] = {};
    std::int64_t missing = counts_fill_ ? fill_[v] : std::int64_t(1);
    for (std::size_t i = 0; i + 1 < clique_.size() && missing > 0 && !exhausted(clique_.size()); ++i) {
      const std::uint32_t a = clique_[i];
      absent_.clear();
      work_ += for_members(std::span(clique_).subspan(i + 1), neighbours_[a], false,
                           [&](std::uint32_t b) { absent_.push_back(b); });
      for (const std::uint32_t b : absent_) {
        if (exhausted(clique_.size())) break;
        connect(a, b, v);
      }
      if (counts_fill_) missing -= static_cast<std::int64_t>(absent_.size());
    }
    for (const std::uint32_t u : clique_) {
      // The pairs of v with those neighbours of u that are not neighbours of v no longer count.
      if (counts_fill_) fill_[u] -= static_cast<std::int64_t>(degree_[u]) - static_cast<std::int64_t>(clique_.size());
      --degree_[u];
      note_change(u, v);
      if (neighbours_[u].size() > 2 * std::size_t(degree_[u]) + 8) {
        work_ += neighbours_[u].size();
        std::erase_if(neighbours_[u], [&](std::uint32_t x) { return gone_[x] != 0; });
      }
    }
    return changed_;
  }

 private:
  void note_change(std::uint32_t u, std::uint32_t step) {
    if (changed_at_[u] == step) return;
    changed_at_[u] = step;
    changed_.push_back(u);
  }

  void connect(std::uint32_t a, std::uint32_t b, std::uint32_t step) {
    if (counts_fill_) {
      std::int64_t common = 1;  // `step`, the variable being eliminated, is gone but still counted in the degrees
      const bool a_is_shorter = neighbours_[a].size() < neighbours_[b].size();
      work_ +=
          for_members(neighbours_[a_is_shorter ? a : b], neighbours_[a_is_shorter ? b : a], true, [&](std::uint32_t w) {
            if (gone_[w]) return;
            ++common;
            --fill_[w];
            note_change(w, step);
          });
      fill_[a] += static_cast<std::int64_t>(degree_[a]) - common;
      fill_[b] += static_cast<std::int64_t>(degree_[b]) - common;
    }
    insert(a, b);
    insert(b, a);
  }

  void insert(std::uint32_t a, std::uint32_t b) {
    auto& list = neighbours_[a];
    list.insert(std::lower_bound(list.begin(), list.end(), b), b);
    ++degree_[a];
    work_ += 1 + list.size() / 16;  // moving entries is cheaper than looking at them
  }

  /// Missing edges among the neighbours of each variable: all pairs less the triangles, each found once from its
  /// vertex of lowest (degree, id).
  void count_fill() {
    fill_.resize(size());
    std::vector<std::vector<std::uint32_t>> later(size());
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(degree_[a], a) < std::pair(degree_[b], b);
    };
    for (std::uint32_t v = 0; v < size(); ++v) {
      fill_[v] = std::int64_t(degree_[v]) * (std::int64_t(degree_[v]) - 1) / 2;
      for (const std::uint32_t u : neighbours_[v]) {
        if (before(v, u)) later[v].push_back(u);
      }
    }
    for (std::uint32_t v = 0; v < size() && !exhausted(); ++v) {
      for (const std::uint32_t u : later[v]) {
        work_ += for_members(later[v], later[u], true, [&](std::uint32_t w) {
          --fill_[v];
          --fill_[u];
          --fill_[w];
        });
      }
    }
  }

  bool counts_fill_;
  std::uint64_t work_ = 0, work_limit_;
  std::vector<std::vector<std::uint32_t>> neighbours_;  // sorted; may still hold variables that are gone
  std::vector<std::uint32_t> degree_;                   // without those that are gone
  std::vector<std::int64_t> fill_;
  std::vector<std::uint8_t> gone_;
  std::vector<std::uint32_t> clique_, absent_, changed_, changed_at_;
};

}  // namespace

EliminationOrder elimination_order(const ConstraintGraph& graph, EliminationRule rule, std::uint64_t work_limit) {
  RemainingGraph remaining(graph, rule, work_limit);
  EliminationOrder result;
  result.order.reserve(graph.size());

  // A variable is queued again whenever its key changes; entries whose key is no longer true are dropped when met.
  using Entry = std::pair<std::int64_t, std::uint32_t>;
  std::vector<Entry> entries;
  entries.reserve(graph.size());
  for (std::uint32_t v = 0; v < graph.size(); ++v) entries.emplace_back(remaining.key(v), v);
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue(std::greater<>(), std::move(entries));
  while (!queue.empty() && !remaining.exhausted()) {
    const auto [key, variable] = queue.top();
    queue.pop();
    if (remaining.gone(variable) || key != remaining.key(variable)) continue;
    if (remaining.exhausted(remaining.degree(variable))) break;
    result.order.push_back(variable);
    for (const std::uint32_t u : remaining.eliminate(variable)) {
      if (!remaining.gone(u)) queue.emplace(remaining.key(u), u);
    }
  }
  if (result.order.size() == graph.size()) return result;

  result.complete = false;
  const auto decided = static_cast<std::ptrdiff_t>(result.order.size());
  for (std::uint32_t v = 0; v < graph.size(); ++v) {
    if (!remaining.gone(v)) result.order.push_back(v);
  }
  std::stable_sort(result.order.begin() + decided, result.order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return remaining.degree(a) < remaining.degree(b); });
  return result;
}

}  // namespace entente
