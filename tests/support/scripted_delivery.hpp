// SPDX-License-Identifier: MIT
// ScriptedDelivery: runs an event-driven algorithm with the test deciding which message arrives next.
#pragma once

#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "entente/algorithm/event_self.hpp"
#include "entente/algorithm/population.hpp"
#include "entente/base/random.hpp"
#include "entente/graph/pseudotree.hpp"
#include "entente/kernel/certificate.hpp"

namespace entente::testing {

/// Messages wait in one queue for each sender and receiver, in the order they were sent; so do reminders, which a
/// computation sends itself. `clock` marks what is sent from now on. A periodic action waits in a queue of its own,
/// from `no_id`, and happens when the test says so, as if any time could pass between two messages.
class ScriptedDelivery {
 public:
  using Channel = std::pair<ComputationId, ComputationId>;  // to, from

  ScriptedDelivery(const Problem& problem, const Pseudotree& tree, const Algorithm& algorithm,
                   std::vector<Setting> settings = {})
      : ScriptedDelivery(problem, algorithm, std::move(settings)) {
    frame_.tree = &tree;
  }
  ScriptedDelivery(const Problem& problem, const Algorithm& algorithm, std::vector<Setting> settings = {},
                   std::uint64_t seed = 0)
      : count_(problem.variable_count()),
        population_(algorithm.populate(count_, settings)),
        first_(count_ + 1, 0),
        draws_(count_, 0),
        reminding_(count_, 0),
        ended_(count_, 0) {
    for (VariableId v = 0; v < count_; ++v) {
      domains_.push_back(std::uint32_t(problem.domain_size(v)));
      initial_.push_back(problem.initial_value(v));
    }
    services_.engine = this;
    services_.bounded = [](void* engine, double b) { static_cast<ScriptedDelivery*>(engine)->bound_ = b; };
    services_.finished = [](void* engine, ComputationId i) { static_cast<ScriptedDelivery*>(engine)->finish(i); };
    services_.proposed = [](void*, const ValueIndex*) {};
    services_.every = [](void* engine, ComputationId i, double period, double) {
      static_cast<ScriptedDelivery*>(engine)->plan(i, period);
    };
    services_.certified = [](void* engine, ComputationId i, const VariableId* group, std::uint32_t size,
                             double excess) {
      static_cast<ScriptedDelivery*>(engine)->claims_[i] = {{group, group + size}, excess};
    };
    frame_.first = first_.data();
    frame_.neighbours = first_.data();
    frame_.domains = domains_.data();
    frame_.problem = &problem;
    frame_.initial = initial_.data();
    frame_.salt = mix(seed);
    frame_.draws = draws_.data();
    frame_.reminding = reminding_.data();
    frame_.services = &services_;
    frame_.grow = grow;
    frame_.logs = &log_;
  }
  ScriptedDelivery(const ScriptedDelivery&) = delete;
  ~ScriptedDelivery() {
    for (auto& [channel, queue] : queues_)
      for (const Waiting& w : queue) population_->discard(w.bytes.data(), w.bytes.data() + w.bytes.size());
    std::free(log_.begin);
  }

  void start(ComputationId i) {
    population_->start(frame_, i, i + 1);
    collect();
  }
  void start_all() {
    for (ComputationId i = 0; i < count_; ++i) start(i);
  }

  /// Delivers the oldest message of a channel.
  void deliver(Channel channel) {
    auto& queue = queues_.at(channel);
    const std::vector<std::byte> bytes = std::move(queue.front().bytes);
    queue.pop_front();
    if (queue.empty()) queues_.erase(channel);
    if (channel.second == no_id) plan(channel.first, 1);  // unless it asks for rest
    population_->receive(frame_, bytes.data(), bytes.data() + bytes.size());
    collect();
  }
  /// Delivers all that waits for `to` from senders that are not ignored, sent at `until` or before; then its reminder.
  void deliver_to(ComputationId to, const std::vector<ComputationId>& ignored = {}, std::optional<int> until = {},
                  bool highest_sender_first = false) {
    std::vector<ComputationId> senders;
    for (const auto& [channel, queue] : queues_)
      if (channel.first == to && channel.second != to) senders.push_back(channel.second);
    if (highest_sender_first) std::reverse(senders.begin(), senders.end());
    for (const ComputationId from : senders) {
      if (std::find(ignored.begin(), ignored.end(), from) != ignored.end()) continue;
      for (auto at = queues_.find({to, from}); at != queues_.end(); at = queues_.find({to, from})) {
        if (until && at->second.front().clock > *until) break;
        deliver({to, from});
      }
    }
    while (queues_.count({to, to})) deliver({to, to});
  }
  /// Delivers messages until none is left or `limit` were; returns how many. `choose(waiting)` says of which channel,
  /// by position; of each it sees the channel, and when its oldest message was sent, counted in messages.
  struct Head {
    Channel channel;
    std::uint64_t sent;
  };
  template <class Choose>
  std::uint64_t deliver_by(Choose&& choose, std::uint64_t limit) {
    std::vector<Head> heads;
    std::uint64_t delivered = 0;
    for (; !queues_.empty() && delivered < limit; ++delivered) {
      heads.clear();
      for (const auto& [channel, queue] : queues_) heads.push_back({channel, queue.front().number});
      deliver(heads[choose(heads)].channel);
    }
    return delivered;
  }
  /// Delivers messages of randomly chosen channels until none is left or `limit` were; returns how many. A third of the
  /// channels, chosen by `slow`, deliver hardly anything while others can.
  std::uint64_t deliver_at_random(Random& random, std::uint64_t limit, std::uint64_t slow) {
    std::uint64_t delivered = 0;
    for (; !queues_.empty() && delivered < limit; ++delivered) {
      auto at = std::next(queues_.begin(), std::ptrdiff_t(random.below(queues_.size())));
      for (int again = 0; again < 8 && is_slow(at->first, slow); ++again)
        at = std::next(queues_.begin(), std::ptrdiff_t(random.below(queues_.size())));
      deliver(at->first);
    }
    return delivered;
  }

  int clock = 0;
  bool quiet() const { return queues_.empty(); }
  bool all_finished() const { return std::find(ended_.begin(), ended_.end(), 0) == ended_.end(); }
  /// How many messages were waiting when the first computation finished.
  std::size_t waiting_at_end() const { return waiting_at_end_; }
  std::optional<double> bound() const { return bound_; }
  /// What computations certified last.
  std::vector<Certificate::Group> claims() const {
    std::vector<Certificate::Group> list;
    for (const auto& [computation, claim] : claims_) list.push_back(claim);
    return list;
  }
  std::vector<ValueIndex> decisions() const {
    std::vector<ValueIndex> values(count_);
    population_->decisions(0, count_, values.data());
    return values;
  }

 private:
  struct Waiting {
    int clock;
    std::uint64_t number;
    std::vector<std::byte> bytes;
  };

  static bool is_slow(Channel channel, std::uint64_t slow) {
    return channel.first != channel.second && mix(mix(slow + channel.first) + channel.second) % 3 == 0;
  }
  static void grow(Log& log, std::size_t need) {
    const auto used = std::size_t(log.at - log.begin), size = std::size_t(log.end - log.begin);
    const std::size_t room = 2 * size + need + 4096;
    auto* const fresh = static_cast<std::byte*>(std::malloc(room));
    if (used) std::memcpy(fresh, log.begin, used);
    std::free(log.begin);
    log = {fresh, fresh + used, fresh + room};
  }
  void finish(ComputationId i) {
    if (std::find(ended_.begin(), ended_.end(), 1) == ended_.end())
      for (const auto& [channel, queue] : queues_) waiting_at_end_ += queue.size();
    ended_[i] = 1;
  }
  void plan(ComputationId i, double period) {
    queues_.erase({i, no_id});
    if (period <= 0) return;
    const Record record{i, i, tick_kind, 0, 0};
    std::vector<std::byte> bytes(sizeof record);
    std::memcpy(bytes.data(), &record, sizeof record);
    queues_[{i, no_id}].push_back({clock, sent_++, std::move(bytes)});
  }
  void collect() {
    for (const std::byte* at = log_.begin; at != log_.at;) {
      Record record;
      std::memcpy(&record, at, sizeof record);
      const std::size_t length = sizeof record + entente::detail::padded(record.size);
      queues_[{record.to, record.from}].push_back({clock, sent_++, {at, at + length}});
      at += length;
    }
    log_.at = log_.begin;
  }

  std::uint32_t count_;
  std::unique_ptr<Population> population_;
  std::vector<std::uint32_t> first_, draws_, domains_;
  std::vector<ValueIndex> initial_;
  std::vector<std::uint8_t> reminding_, ended_;
  std::uint64_t sent_ = 0;
  std::size_t waiting_at_end_ = 0;
  std::map<ComputationId, Certificate::Group> claims_;
  Frame frame_;
  Log log_{nullptr, nullptr, nullptr};
  EventServices services_;
  std::map<Channel, std::deque<Waiting>> queues_;
  std::optional<double> bound_;
};

/// The pseudo-tree with these parents (`no_id` at roots), which must be one of `problem`.
inline Pseudotree tree_of(const Problem& problem, std::vector<VariableId> parent) {
  const auto count = std::uint32_t(parent.size());
  Pseudotree tree;
  tree.parent = std::move(parent);
  tree.depth.assign(count, 0);
  for (VariableId v = 0; v < count; ++v)
    for (VariableId u = tree.parent[v]; u != no_id; u = tree.parent[u]) ++tree.depth[v];
  for (VariableId v = 0; v < count; ++v) tree.elimination.push_back(v);
  std::stable_sort(tree.elimination.begin(), tree.elimination.end(),
                   [&](VariableId a, VariableId b) { return tree.depth[a] > tree.depth[b]; });
  std::vector<std::vector<VariableId>> children(count), separator(count), own(count);
  for (VariableId v = 0; v < count; ++v)
    if (tree.parent[v] != no_id) children[tree.parent[v]].push_back(v);
  const auto deeper = [&](VariableId a, VariableId b) { return tree.depth[a] < tree.depth[b]; };
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const auto scope = problem.scope(c);
    if (scope.empty()) continue;
    const VariableId deepest = *std::max_element(scope.begin(), scope.end(), deeper);
    own[deepest].push_back(c);
    for (const VariableId v : scope)
      if (v != deepest) separator[deepest].push_back(v);
  }
  for (const VariableId v : tree.elimination) {
    auto& list = separator[v];
    for (const VariableId child : children[v])
      for (const VariableId u : separator[child])
        if (u != v) list.push_back(u);
    std::sort(list.begin(), list.end(), deeper);
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  const auto fill = [](IdLists& lists, const auto& rows) {
    for (const auto& row : rows) {
      lists.items.insert(lists.items.end(), row.begin(), row.end());
      lists.first.push_back(std::uint32_t(lists.items.size()));
    }
  };
  fill(tree.children, children);
  fill(tree.separator, separator);
  fill(tree.constraints, own);
  return tree;
}

}  // namespace entente::testing
