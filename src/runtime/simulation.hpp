// SPDX-License-Identifier: MIT
// What an engine needs to know to run in virtual time.
#pragma once

#include <functional>
#include <limits>
#include <string_view>

#include "base/simulated_links.hpp"

namespace entente::runtime {

struct SimulationPlan {
  NetworkModel network;  ///< `agents` covers every agent of the run's computations.
  double time_limit = std::numeric_limits<double>::infinity();  ///< Virtual seconds.
  /// Hears of every event, in order; may be empty. `type` is the message's name, empty where none is concerned.
  std::function<void(const NetworkNote&, std::string_view type)> trace = {};
};

}  // namespace entente::runtime
