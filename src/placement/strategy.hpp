// SPDX-License-Identifier: MIT
// PlacementStrategy: what one method provides. One file each in strategies/.
#pragma once

#include "placement/model.hpp"

namespace entente::placement {

/// What a strategy is asked.
struct Task {
  const PlacementModel& model;
  const PlacementOptions& options;
  const Hosts& pins;  ///< Agents that items must be on, or `no_id`.
};

struct Placed {
  Hosts hosts;
  bool proven = false, timed_out = false;
};

struct PlacementStrategy {
  PlacementMethod method;
  Together together = Together::hints;
  /// Returns a placement for which `holds`, or throws PlacementFailure. What obviously cannot be was refused before.
  Placed (*place)(const Task& task);
};

extern const PlacementStrategy oneagent_strategy, adhoc_strategy, heur_comhost_strategy, gh_cgdp_strategy,
    oilp_cgdp_strategy, ilp_compref_strategy, ilp_compref_fg_strategy, ilp_fgdp_strategy, gh_secp_cgdp_strategy,
    gh_secp_fgdp_strategy, oilp_secp_cgdp_strategy, oilp_secp_fgdp_strategy, partition_strategy;

}  // namespace entente::placement
