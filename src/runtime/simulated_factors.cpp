// SPDX-License-Identifier: MIT
#include "runtime/simulated_factors.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "entente/base/contract.hpp"
#include "runtime/event_watcher.hpp"
#include "runtime/factor_engine.hpp"
#include "runtime/simulation.hpp"

namespace entente::runtime {

namespace {

constexpr std::uint64_t most_ahead = 64;  // cycles that a variable may be ahead of the slowest
constexpr std::uint32_t to_factor = 0, to_variable = 1;

/// The barrier of a factor graph, without what the messages say.
class Envelopes {
 public:
  enum class Advance { reached, time_limit, stuck, stopped };

  Envelopes(const Problem& problem, const std::uint32_t* host, const SimulationPlan& plan)
      : plan_(plan),
        variables_(problem.variable_count()),
        nodes_(std::size_t(problem.variable_count()) + problem.constraint_count()),
        network_(plan.network, {},
                 plan.trace ? [&plan](const NetworkNote& note) { plan.trace(note, name_of(note.type)); }
                            : SimulatedLinks::Trace()) {
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) nodes_[i].agent = host ? host[i] : i;
    for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
      const auto scope = problem.scope(c);
      if (scope.size() < 2) continue;
      for (const VariableId v : scope) {
        nodes_[v].edges.push_back(std::uint32_t(edges_.size()));
        nodes_[variables_ + c].edges.push_back(std::uint32_t(edges_.size()));
        edges_.push_back({v, variables_ + c, {}});
      }
    }
    for (VariableId v = 0; v < variables_; ++v) taking_part_ += !nodes_[v].edges.empty();
    box_of_.resize(plan.network.agents);
  }

  /// Lets everything happen until all variables have ended `cycle` cycles.
  Advance advance(std::uint64_t cycle, const std::atomic<bool>& stop) {
    limit_ = cycle + most_ahead;
    if (!started_) start();
    wake();
    while (ended_before(cycle) < taking_part_) {
      if (stop.load(std::memory_order_relaxed)) return Advance::stopped;
      wake();
      const double next = network_.next();
      if (next == never) return Advance::stuck;
      if (next > plan_.time_limit) return Advance::time_limit;
      network_.step([this](const SimulatedLinks::Parcel& parcel) { open(parcel); });
    }
    ended_at_ = cycle > 0 ? network_.now() : 0;
    return Advance::reached;
  }
  /// When the cycle that `advance` last reached ended.
  double time() const { return ended_at_; }
  const NetworkCounts& counts() const { return network_.counts(); }

 private:
  static constexpr double never = std::numeric_limits<double>::infinity();
  struct Node {
    std::uint32_t agent = 0, heard = 0;
    std::uint64_t cycle = 0;  ///< That it is in.
    std::vector<std::uint32_t> edges;
  };
  struct Edge {
    std::uint32_t variable, factor;
    std::uint64_t heard[2];  ///< By way: cycles of which the envelope has arrived.
  };
  struct Envelope {
    std::uint64_t cycle;
    std::uint32_t edge, way;
  };

  static std::string_view name_of(std::uint32_t type) {
    if (type == NetworkNote::no_type) return {};
    return type == to_factor ? "VariableToFactor" : "FactorToVariable";
  }
  std::uint64_t ended_before(std::uint64_t cycle) const {
    if (cycle == 0) return taking_part_;
    return cycle - 1 < ended_.size() ? ended_[std::size_t(cycle - 1)] : 0;
  }

  void start() {
    started_ = true;
    for (VariableId v = 0; v < variables_; ++v) begin(v);
  }
  void begin(VariableId v) {
    speak(v, to_factor);
    work();
    flush();
  }
  /// Variables that were far ahead, or whose agent was down, go on.
  void wake() {
    for (const std::uint32_t v : std::exchange(waiting_, {})) {
      if (nodes_[v].cycle >= limit_ || network_.is_down(nodes_[v].agent)) {
        waiting_.push_back(v);
        continue;
      }
      begin(v);
    }
  }
  void open(const SimulatedLinks::Parcel& parcel) {
    for (std::size_t at = 0; at < parcel.bytes.size(); at += sizeof(Envelope)) {
      Envelope envelope;
      std::memcpy(&envelope, parcel.bytes.data() + at, sizeof envelope);
      todo_.push_back(envelope);
    }
    work();
    flush();
  }
  /// Everything that follows at this moment on one agent.
  void work() {
    for (; !todo_.empty(); todo_.pop_front()) {
      const Envelope envelope = todo_.front();
      std::uint64_t& heard = edges_[envelope.edge].heard[envelope.way];
      if (envelope.cycle < heard) continue;  // a second copy
      heard = envelope.cycle + 1;
      const bool at_factor = envelope.way == to_factor;
      const std::uint32_t id = at_factor ? edges_[envelope.edge].factor : edges_[envelope.edge].variable;
      Node& node = nodes_[id];
      ENTENTE_EXPECTS(envelope.cycle == node.cycle);
      if (++node.heard < node.edges.size()) continue;
      node.heard = 0;
      if (at_factor) {
        speak(id, to_variable);
        ++node.cycle;
        continue;
      }
      if (ended_.size() <= node.cycle) ended_.resize(std::size_t(node.cycle) + 1);
      ++ended_[std::size_t(node.cycle)];
      if (++node.cycle < limit_)
        speak(id, to_factor);
      else
        waiting_.push_back(id);
    }
  }
  void speak(std::uint32_t id, std::uint32_t way) {
    const Node& node = nodes_[id];
    sender_ = node.agent;
    for (const std::uint32_t e : node.edges) {
      const std::uint32_t to = nodes_[way == to_factor ? edges_[e].factor : edges_[e].variable].agent;
      if (to == node.agent) {
        todo_.push_back({node.cycle, e, way});
        continue;
      }
      if (box_of_[to].empty()) filled_.push_back(to);
      box_of_[to].push_back({node.cycle, e, way});
    }
  }
  /// Sends what was said since the last time; all of it comes from one agent.
  void flush() {
    for (const std::uint32_t to : std::exchange(filled_, {})) {
      network_.send(sender_, to, std::as_bytes(std::span(box_of_[to])), box_of_[to].front().way);
      box_of_[to].clear();
    }
  }

  const SimulationPlan& plan_;
  const std::uint32_t variables_;
  std::vector<Node> nodes_;  ///< Variables, then constraints.
  std::vector<Edge> edges_;
  std::uint32_t taking_part_ = 0;  ///< Variables that have factors.
  std::vector<std::uint64_t> ended_;
  std::uint64_t limit_ = 0;
  bool started_ = false;
  double ended_at_ = 0;
  std::deque<Envelope> todo_;
  std::vector<std::uint32_t> waiting_;
  std::vector<std::vector<Envelope>> box_of_;  ///< By agent: what is to go there,
  std::vector<std::uint32_t> filled_;          ///< where there is anything,
  std::uint32_t sender_ = 0;                   ///< and from whom.
  SimulatedLinks network_;
};

}  // namespace

RunResult simulate_factors(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
                           std::span<const Setting> settings) {
  ENTENTE_EXPECTS(control.simulation != nullptr);
  Envelopes envelopes(problem, control.host, *control.simulation);
  std::atomic<bool> stop{false};
  EventWatcher watcher(control, [&stop] { stop = true; });
  std::uint64_t cycles = 0;
  Envelopes::Advance advance = Envelopes::Advance::reached;
  RunControl inner = control;
  inner.interrupt = &stop;
  inner.deadline = RunControl::Clock::time_point::max();
  inner.on_cycle = [&](CycleReport report) {
    if (advance != Envelopes::Advance::reached) return;
    advance = envelopes.advance(report.cycle, stop);
    if (advance != Envelopes::Advance::reached) {
      stop = true;
      return;
    }
    cycles = report.cycle;
    report.time = envelopes.time();
    if (control.on_cycle) control.on_cycle(report);
  };
  RunResult result = run_factors(problem, algorithm, inner, settings);
  const bool cut = advance == Envelopes::Advance::time_limit || advance == Envelopes::Advance::stuck;
  if (cut) {
    // Cycles that were not over by then do not count.
    const double seconds = result.seconds;
    stop = cycles == 0;
    inner.on_cycle = {};
    inner.stop_cycle = cycles;
    result = run_factors(problem, algorithm, inner, settings);
    result.seconds += seconds;
    result.end = advance == Envelopes::Advance::stuck ? RunEnd::interrupted : RunEnd::deadline;
  } else if (result.end == RunEnd::interrupted) {
    result.end = watcher.reason();
  }
  const double time = advance == Envelopes::Advance::time_limit ? control.simulation->time_limit : envelopes.time();
  result.simulated = {time, 2 * result.cycles, 0, envelopes.counts(), advance == Envelopes::Advance::stuck};
  return result;
}

}  // namespace entente::runtime
