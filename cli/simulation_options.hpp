// SPDX-License-Identifier: MIT
// The options of `entente solve` that say what a simulated run is like.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "entente/solve/simulation.hpp"
#include "output.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace entente {
struct SolveRequest;
}

namespace entente::cli {

/// `0.5` (seconds), `5ms`, `20us`, `2s`, `1min`. Throws Error{wrong_use} that begins with `what`.
double parse_seconds(std::string_view text, std::string_view what);
/// A time, `constant:TIME`, `uniform:TIME:TIME` or `exponential:TIME` (its mean).
Latency parse_latency(std::string_view text, std::string_view what);
/// `AGENT,AGENT=LATENCY`.
Simulation::Link parse_link(std::string_view text);
/// `AGENT@TIME` or `AGENT@TIME+TIME`.
Simulation::Crash parse_crash(std::string_view text);

class SimulationOptions {
 public:
  void declare(CLI::App& app);
  /// Puts what was given into the request. Throws Error{wrong_use} for what cannot be read, or makes no sense without
  /// `--engine simulated`.
  void fill(SolveRequest& request) const;
  /// Opens the file of the trace, if there is one, and lets `request` write to it.
  void trace_to(Output& out, SolveRequest& request) const;

 private:
  std::string engine_ = "local", latency_, delivery_ = "automatic", trace_;
  std::vector<std::string> links_, crashes_;
  double loss_ = 0, duplicate_ = 0, simulated_time_ = 0, cbr_latency_ = 100;
  bool reorder_ = false;
  std::vector<CLI::Option*> options_;  ///< All that need `--engine simulated`.
};

/// One event as an object in one line. Keys: event from number time to type; `number` and `type` where the event has
/// them.
std::string event_json(const Simulation::Event& event);

}  // namespace entente::cli
