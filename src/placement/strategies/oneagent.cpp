// SPDX-License-Identifier: MIT
// oneagent: an agent of its own for each computation.
#include <fmt/format.h>

#include <queue>

#include "placement/strategy.hpp"

namespace entente::placement {
namespace {

/// Bipartite matching by augmenting paths: item i asks agent i first, so that without limits they pair up in order.
class Matching {
 public:
  explicit Matching(const Task& task)
      : task_(task), room_(task.model), hosts_(task.model.items(), no_id), guest_(task.model.agents(), no_id) {}

  bool place(std::uint32_t item) {
    const std::uint32_t agents = task_.model.agents();
    if (item < agents && guest_[item] == no_id && may_host(item, item)) {
      hosts_[item] = item;
      guest_[item] = item;
      return true;
    }
    std::vector<std::uint32_t> asked_by(agents, no_id);
    std::queue<std::uint32_t> queue;
    queue.push(item);
    while (!queue.empty()) {
      const std::uint32_t i = queue.front();
      queue.pop();
      for (std::uint32_t step = 0; step < agents; ++step) {
        std::uint32_t agent = (i + step) % agents;
        if (asked_by[agent] != no_id || !may_host(i, agent)) continue;
        asked_by[agent] = i;
        if (guest_[agent] != no_id) {
          queue.push(guest_[agent]);
          continue;
        }
        // Free: everybody on the way moves on.
        for (std::uint32_t guest = no_id; guest != item;) {
          guest = asked_by[agent];
          const std::uint32_t before = hosts_[guest];
          hosts_[guest] = agent;
          guest_[agent] = guest;
          agent = before;
        }
        return true;
      }
    }
    return false;
  }

  const Hosts& hosts() const { return hosts_; }

 private:
  bool may_host(std::uint32_t item, std::uint32_t agent) const {
    return task_.pins[item] != no_id ? task_.pins[item] == agent : room_.fits(item, agent);
  }

  const Task& task_;
  Room room_;
  Hosts hosts_;
  std::vector<std::uint32_t> guest_;
};

Placed place(const Task& task) {
  const PlacementModel& model = task.model;
  if (model.agents() < model.computation_names.size())
    throw PlacementFailure(ErrorCode::wrong_use,
                           fmt::format("{} agents for {} computations: oneagent needs one agent for each; use another "
                                       "method, as adhoc, or add agents",
                                       model.agents(), model.computation_names.size()));
  Matching matching(task);
  for (std::uint32_t i = 0; i < model.items(); ++i) {
    if (model.members[i].size() > 1)
      throw PlacementFailure(ErrorCode::bad_input,
                             fmt::format("the hint host_with keeps {} together, and oneagent gives each an agent of "
                                         "its own; use another method, as adhoc",
                                         model.name(i)));
    if (!matching.place(i))
      throw PlacementFailure(ErrorCode::bad_input,
                             fmt::format("no agent is left for {}, with its footprint of {:g}, when each computation "
                                         "has an agent of its own and capacities and must_host are kept",
                                         model.name(i), model.memory[i]));
  }
  return {.hosts = matching.hosts()};
}

}  // namespace

const PlacementStrategy oneagent_strategy{
    .method = {.name = "oneagent", .summary = "each computation has an agent of its own, in their order"},
    .place = place};

}  // namespace entente::placement
