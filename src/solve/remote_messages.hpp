// SPDX-License-Identifier: MIT
// What a coordinator and the agents of a run say to each other, besides what their engines do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "solve/remote_problem.hpp"

namespace entente {

/// Everything an agent needs to know of a run. A request; answered by RemoteReady.
struct RemoteJob {
  static constexpr std::string_view content_name = "entente.job";
  RemoteProblem problem;
  std::string algorithm;
  std::vector<std::pair<std::string, std::string>> settings;
  std::uint64_t seed = 0;
  std::uint64_t stop_cycle = 0;
  std::uint64_t memory = 0;              ///< Bytes for the tables of an agent.
  double delay = 0;                      ///< Seconds before each message.
  double seconds = 0;                    ///< Of the run, from its beginning; 0: no limit.
  std::vector<std::uint32_t> addresses;  ///< Of all agents that take part.
  std::vector<std::uint32_t> agent_of;   ///< By computation: a position in that list.
};

/// Why something could not be done; what a local run would have thrown.
struct RemoteFailure {
  static constexpr std::string_view content_name = "entente.failure";
  std::uint8_t code = 0;  ///< An ErrorCode.
  std::string message;    ///< Empty: nothing went wrong.
};
/// The answer to a job.
struct RemoteReady {
  static constexpr std::string_view content_name = "entente.ready";
  RemoteFailure failure;
};
/// The last word of an agent, after its last report.
struct RemoteLast {
  static constexpr std::string_view content_name = "entente.last";
  double busy = 0;  ///< Seconds spent on messages and work.
};

}  // namespace entente
