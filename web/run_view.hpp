// SPDX-License-Identifier: MIT
// RunView: a run as JSON, the way a browser or another program asks for it.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "entente/problem/problem.hpp"
#include "entente/solve.hpp"

namespace entente::web {

/// What is known of one run; used by one thread. All texts are JSON objects in one line, and lists in them are cut at
/// a fixed length, which `left_out` then tells, so that no request costs without bound.
class RunView {
 public:
  static constexpr std::size_t most_values = 100'000, most_computations = 10'000, most_names = 100'000;

  explicit RunView(Problem problem);

  /// Until then, the agents are those of the problem and host nothing.
  void begin(RunPlan plan);
  void update(std::shared_ptr<const LiveState> state);
  void end() { ended_ = true; }

  const Problem& problem() const { return problem_; }
  bool begun() const { return begun_; }
  bool ended() const { return ended_; }
  /// The newest state; null before the first.
  const std::shared_ptr<const LiveState>& state() const { return state_; }
  /// Variables, then, on factor graphs, constraints.
  std::uint32_t computation_count() const;
  std::string computation_name(std::uint32_t computation) const;

  /// Keys: best_cost best_violation bound cost cycle msg_count msg_size status time violation, simulated_time in
  /// simulated runs; the same as in rows of `--stream`, with `evt` (`state`) for `type`.
  std::string summary() const;
  /// The same, and `values` by variable, and `history`: rows of time, cycle, cost and best cost since the run began.
  std::string state_text() const;
  /// As pyDCOP's UI protocol answers `computations`; what is not counted during a run is null there.
  std::string computations_text() const;
  /// Every agent as pyDCOP's UI protocol describes one.
  std::string agents_text() const;
  /// As pyDCOP's UI protocol answers `agent`: the agent called `name`; without a name, the one who watches over all.
  std::string agent_text(std::string_view name) const;

 private:
  struct Moment {
    double seconds;
    std::uint64_t cycle;
    double cost, best_cost;
  };
  static constexpr std::size_t most_moments = 2000;

  void take_agents();
  std::string status() const;
  nlohmann::json agent_json(std::size_t agent, std::size_t& budget) const;
  void remember(const LiveState& state);
  std::vector<std::string> neighbours(std::uint32_t computation, std::size_t& budget) const;

  const Problem problem_;
  RunPlan plan_;
  std::vector<std::vector<std::uint32_t>> hosted_;        ///< By agent of the plan.
  std::unordered_map<std::string, std::uint32_t> agent_;  ///< By name.
  std::unordered_map<std::string, const AgentDefinition*> defined_;
  std::shared_ptr<const LiveState> state_;
  std::vector<Moment> history_;  ///< Every `stride_`-th state.
  std::uint64_t states_ = 0, stride_ = 1;
  bool begun_ = false, ended_ = false;
  mutable std::string state_text_;  ///< Of `state_`, once somebody has asked.
};

/// The answer to one message of a client: `{"cmd": "test"}`, `"agent"` (with `"agent": NAME` of that one) or
/// `"computations"`. Anything else is answered by `{"cmd": "error", "message": …}`.
std::string answer(const RunView& view, std::string_view message);

}  // namespace entente::web
