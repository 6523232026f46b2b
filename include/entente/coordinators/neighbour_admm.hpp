// SPDX-License-Identifier: MIT
// ADMM without a coordinator: agents exchange prices, or the common point, with their neighbours alone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "entente/carriers/carrier.hpp"
#include "entente/problem/resource_problem.hpp"

namespace entente {

class ContentTypes;

/// What neighbours tell each other in every round.
struct NeighbourAdmmMessage {
  static constexpr std::string_view content_name = "admm.neighbour";
  std::uint64_t round = 0;
  std::vector<double> point;  ///< The sender's view of the prices (sharing), or of the common point (consensus).
  /// For how many rounds the sender has known nobody near it to be unsettled; the largest number says that it is over.
  std::uint32_t quiet = 0;
};

/// Sent to one participant to begin; it tells the others.
struct NeighbourAdmmStart {
  static constexpr std::string_view content_name = "admm.neighbour_start";
  bool go = true;
};

/// These two, for networks that leave the process.
void add_neighbour_admm_messages(ContentTypes& types);

struct NeighbourAdmmSettings {
  double penalty = 1;                ///< rho > 0, the same for all agents.
  double tolerance = 1e-7;           ///< Settled: at most this far from the neighbours' mean and from the last point,
  double relative_tolerance = 1e-6;  ///< plus this many times the point's size; and x as near to what is asked of it.
  std::uint64_t max_rounds = 100'000;
};

/// One agent's part of a sharing (equality, capacity, target) or consensus problem; the pure step, without messages.
///
/// Sharing: each agent keeps a price vector of its own; agents' prices come to agree, and then the sum of all x meets
/// the coupling. Only one agent, the holder, needs to know right-hand side, target and weights. Consensus: each agent
/// keeps an x of its own. Either way an agent minimises its own cost, a linear term, and its distance from where it and
/// its neighbours stood.
/// From  Shi, Ling, Yuan, Wu, Yin, "On the linear convergence of the ADMM in decentralized consensus optimization",
/// IEEE
///       Trans. Signal Processing 62 (2014); for prices Chang, Hong, Wang, "Multi-agent distributed optimization via
///       inexact consensus ADMM", IEEE Trans. Signal Processing 63 (2015).
class NeighbourAdmmAgent {
 public:
  /// `holder`: whether this is the agent that knows the coupling. `agents`: how many there are in all (consensus splits
  /// its 1-norm among them). Networks are Error{unsupported}: their buses talk to neighbours alone in any case.
  NeighbourAdmmAgent(const ResourceProblem& problem, std::size_t agent, bool holder, std::size_t agents,
                     std::size_t neighbours, double penalty);
  NeighbourAdmmAgent(NeighbourAdmmAgent&&) noexcept;
  NeighbourAdmmAgent& operator=(NeighbourAdmmAgent&&) noexcept;
  ~NeighbourAdmmAgent();

  /// Minimises, given the sum of the neighbours' last points. Throws Error{bad_input} if the agent's own limits
  /// contradict each other.
  void step(std::span<const double> sum_of_neighbours);
  /// Takes in what the neighbours' points have become.
  void learn(std::span<const double> sum_of_neighbours);

  std::span<const double> point() const;
  std::span<const double> x() const;
  /// Whether the last step and what was learnt after it leave nothing to be done, near this agent.
  bool settled(double tolerance, double relative_tolerance) const;
  /// Distances of the point from the neighbours' mean, and of x from what is asked of it (of consensus: of the last
  /// step).
  double disagreement() const;
  double imbalance() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The agent on a carrier; its neighbours are `others()`. Rounds are kept by counting messages, so that delays and
/// reordering change nothing. Who has known for as many rounds as there are agents that all around are settled, ends
/// and says so; neighbours end with it, and so on.
class NeighbourAdmmParticipant : public Participant {
 public:
  NeighbourAdmmParticipant(const ResourceProblem& problem, std::size_t agent, std::size_t agents, bool holder,
                           NeighbourAdmmSettings settings = {});

  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override;

  std::span<const double> x() const { return agent_->x(); }
  std::span<const double> point() const { return agent_->point(); }
  bool finished() const { return finished_; }
  bool converged() const { return converged_; }
  std::uint64_t rounds() const { return round_; }

 private:
  struct Mail {
    std::map<Address, std::vector<double>> points;  // summed up in the order of addresses
    std::uint32_t quiet = 0xfffffffe;
    bool ends = false;
  };
  void begin(Carrier& carrier);
  void advance(Carrier& carrier);
  void tell(Carrier& carrier, std::uint64_t round, std::uint32_t quiet) const;
  void finish(Carrier& carrier, bool converged);

  ResourceProblem problem_;  // with its own agent alone
  std::size_t agents_;
  bool holder_;
  NeighbourAdmmSettings settings_;
  std::optional<NeighbourAdmmAgent> agent_;
  std::map<std::uint64_t, Mail> mail_;
  std::vector<double> neighbours_;  // sum of their last points
  std::uint64_t round_ = 0;
  std::uint32_t quiet_ = 0;
  bool begun_ = false, finished_ = false, converged_ = false;
};

}  // namespace entente
