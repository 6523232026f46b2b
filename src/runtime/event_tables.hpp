// SPDX-License-Identifier: MIT
// EventTables: the arrays behind the frame that handlers of event-driven computations see.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/algorithm/frame.hpp"
#include "entente/problem/problem.hpp"
#include "runtime/event_engine.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// What handlers may ask about variables, by computation, and what is counted of them; shared by all shards. `frame`
/// points into the rest and is to be completed by the engine (logs, services, stop).
struct EventTables {
  std::vector<std::uint32_t> domains, reach, draws, shard;
  std::vector<ValueIndex> initial;
  std::vector<std::uint8_t> reminding;
  std::vector<Traffic> sent;
  std::vector<std::uint64_t> checks;
  Frame frame;

  /// Problem and topology must outlive this.
  EventTables(const Problem& problem, const EventTopology& topology, std::uint64_t seed);
  EventTables(const EventTables&) = delete;
  EventTables& operator=(const EventTables&) = delete;

  /// Cuts the computations into ranges of about equal weight (one, and one per neighbour); returns their limits.
  std::vector<ComputationId> cut(const EventTopology& topology, std::uint32_t shards);
  /// Fills what was sent, and the largest logical clock.
  void conclude(RunResult& result) const;
};

}  // namespace entente::runtime
