// SPDX-License-Identifier: MIT
// Simulation: what to ask of a simulated run, and what is told of it afterwards.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entente/base/latency.hpp"

namespace entente {

/// What moves messages and keeps time.
enum class Engine : std::uint8_t {
  local,      ///< Threads of this process, as fast as they can.
  simulated,  ///< A clock of its own, and links between agents that are as bad as asked for. One thread.
};

/// How messages of a simulated run travel.
enum class SimulationDelivery : std::uint8_t {
  automatic,  ///< Reliably where the links do what the algorithm does not tolerate, else raw.
  reliable,   ///< Numbered, acknowledged, sent again until they arrive, handed on once and in order.
  raw,        ///< One packet each, for better or worse. Refused where the algorithm does not tolerate the links.
};

/// What a simulated run is like. Times are seconds of virtual time; agents are called by name.
struct Simulation {
  /// A pair of agents whose messages take another time, both ways. Later ones replace earlier ones.
  struct Link {
    std::string one, other;
    Latency latency;
  };
  /// From `at` on an agent handles nothing, for `downtime` (absent: for ever). It keeps what it knew; messages that
  /// reach it meanwhile are lost.
  struct Crash {
    std::string agent;
    double at = 0;
    std::optional<double> downtime;
  };
  /// One thing that happened, in the words of docs/simulation.md.
  struct Event {
    double time;
    std::string_view event;
    std::string_view from, to;            ///< Agents.
    std::string_view type;                ///< Of the message; empty where none is concerned.
    std::optional<std::uint64_t> number;  ///< Of the message among those of its link.
  };

  Latency latency;
  std::vector<Link> links;
  double loss = 0;       ///< Chance that a packet is lost, in [0, 1).
  double duplicate = 0;  ///< Chance that a packet arrives twice, in [0, 1).
  bool reorder = false;  ///< Packets of a link may overtake each other; else they keep their order.
  std::vector<Crash> crashes;
  SimulationDelivery delivery = SimulationDelivery::automatic;
  double time_limit = 0;     ///< Ends the run at this virtual time; 0: none.
  double cbr_latency = 100;  ///< The L of CBR(L): constraint checks that an agent makes while a message travels.
  std::function<void(const Event&)> on_event;  ///< Hears of every event, in order; may be empty.
};

/// What a simulated run tells besides what every run tells.
struct SimulationReport {
  double time = 0;  ///< Virtual seconds until the last message was handled.
  /// CBR(L), cycle-based runtime: L times the message rounds, and for each round the most constraint checks that a
  /// computation made in it. From Davin & Modi, AAMAS 2005.
  double cbr = 0;
  double cbr_latency = 0;
  std::uint64_t rounds = 0;
  bool reliable = false;
  std::uint64_t packets = 0;  ///< Put on links: messages, retransmissions and acknowledgements.
  std::uint64_t lost = 0, duplicated = 0, retransmitted = 0, acknowledgements = 0;
  std::uint64_t crashes = 0, restarts = 0;
};

}  // namespace entente
