// SPDX-License-Identifier: MIT
// EventGround: the graph that an event-driven algorithm runs on, and what its computations share.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "entente/graph/ordered_graph.hpp"
#include "entente/graph/pseudotree.hpp"
#include "kernel/elimination_workspace.hpp"
#include "runtime/event_engine.hpp"
#include "runtime/run.hpp"

namespace entente {

/// Whether the constraints without variables hold; if not, no assignment is acceptable.
bool constants_hold(const Problem& problem);

/// Neighbours are those of the constraint graph, whatever tree or row the algorithm keeps besides; for algorithms on
/// the factor graph, whose factors are computations too, those of that; for those that keep whole tables, parent and
/// children in the tree.
class EventGround {
 public:
  /// `memory`: bytes that the algorithm may take from the workspace's budget; 0: half of what is free. Throws
  /// Error{too_large} where whole tables are known to need more.
  EventGround(const Problem& problem, const Algorithm& algorithm, std::span<const Setting> settings,
              std::uint64_t memory);
  EventGround(const EventGround&) = delete;
  EventGround& operator=(const EventGround&) = delete;

  /// `host`: agent of each computation. Both must outlive what this returns.
  runtime::EventTopology topology(const std::uint32_t* host) const;
  /// A run that ended by itself may have found that there is no solution.
  void conclude(runtime::RunResult& result) const;

  EliminationWorkspace workspace;

 private:
  std::vector<std::uint32_t> first_, neighbours_;
  std::shared_ptr<const Pseudotree> tree_;
  OrderedGraph row_;
  bool ordered_;
};

}  // namespace entente
