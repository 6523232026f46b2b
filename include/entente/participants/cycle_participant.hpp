// SPDX-License-Identifier: MIT
// CycleParticipant: what averaging and diffusion over a carrier have in common: cycles without a common clock.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "entente/carriers/carrier.hpp"
#include "entente/kernel/consensus_weights.hpp"
#include "entente/participants/consensus_message.hpp"

namespace entente {

namespace participants {
class Census;
}

/// A participant that in every cycle hears all its neighbours and says where it stands.
///
/// Barrier  Cycle k is run when every neighbour's message of cycle k is there, each known by (sender, k). Neighbours
/// are
///          at most one cycle ahead, so two are kept. Delays, reordering and duplicates change nothing: not even a bit,
///          as neighbours are added up in the order of their addresses. A message brings the one before along, so that
///          one that is lost, or replaced by the next (Delivery::latest), is made good for. Where nothing more can
///          come, the run ends with an AskError{unanswered} that says who waits.
/// Start    A start message, or the first message of a run that is not known yet. Its numbers are not averaged.
/// End      When all agree, found out by all in the same cycle (src/participants/consensus/census.hpp), or after
///          `max_iter` cycles. What comes afterwards is dropped, but for the start of a later run.
/// Links    Both ways. Groups that no link joins run and end by themselves.
/// Errors   Error{bad_input} for messages that no neighbour of the run sends: vectors of another length, cycles that
///          nobody can have reached.
class CycleParticipant : public Participant {
 public:
  ~CycleParticipant() override;
  CycleParticipant(const CycleParticipant&) = delete;
  CycleParticipant& operator=(const CycleParticipant&) = delete;

  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override;

  /// Where this participant stands; empty before its first run.
  const std::vector<double>& lam() const { return lam_; }
  std::uint64_t k() const { return k_; }  ///< Cycles run.
  bool finished() const { return finished_; }
  bool converged() const { return converged_; }
  /// How many take part; 0 as long as this is not known.
  std::uint32_t participants() const;

 protected:
  struct Limits {
    std::vector<double> initial;
    std::uint64_t max_iter;
    double tolerance;
    WeightRule weights;
    std::optional<Address> report_to;
  };
  explicit CycleParticipant(Limits limits);

  /// A run begins: returns what is said first, before any cycle.
  virtual std::vector<double> begin() = 0;
  /// One cycle: moves `lam_`, returns what is said next. Sets `disagreement_`, which is at most 1 where this
  /// participant finds that all agree.
  virtual std::vector<double> step() = 0;
  virtual void finish(Carrier& carrier) = 0;
  virtual double curvature() const { return 0; }
  virtual std::shared_ptr<ConsensusActor> consensus_actor() const { return nullptr; }

  // For `step`.
  /// said + factor * sum over neighbours of weight * (theirs - said).
  std::vector<double> combined(double factor) const;
  /// By how much a neighbour's numbers differ from what this one said, each over (1 + |own|) where `relative`.
  double distance(bool relative) const;
  /// Whether all know how many they are, in this cycle; the same answer for all.
  bool counted() const;
  double largest_curvature() const;
  std::uint32_t diameter() const;  ///< Links between any two, at most. Needs `counted`.
  /// Throws Error{bad_input} unless there are as many numbers as this participant has, or one for all.
  std::vector<double> as_wide(std::vector<double> numbers, const std::string& what) const;

  const Limits limits_;
  std::vector<double> lam_, data_, said_, said_before_;
  std::uint64_t k_ = 0;
  bool finished_ = false, converged_ = false;
  double disagreement_ = 0;

 private:
  static std::vector<double> as_wide(std::vector<double> numbers, const std::string& what, std::size_t width);
  void start(Carrier& carrier, const AveragingConsensusMessage& message);
  void store(const AveragingConsensusMessage& message, const Content& content, const Meta& meta);
  void run_cycle(Carrier& carrier);
  void say(Carrier& carrier, std::vector<double> numbers);
  void end(Carrier& carrier, bool converged);
  /// What a neighbour said of the cycle at hand.
  struct Heard {
    Content message;
    bool before = false;  ///< It is what the message has of the cycle before its own.
    const std::vector<double>& lam() const;
    const ConsensusCensus& census() const;
    std::uint32_t degree() const;
  };
  const Heard& heard(std::size_t neighbour) const { return slots_[k_ % 2][neighbour]; }
  void keep(std::uint64_t k, std::size_t neighbour, Heard heard);

  std::unique_ptr<participants::Census> census_;
  ConsensusCensus census_before_;
  std::vector<std::uint32_t> neighbours_;  ///< Addresses, ascending.
  std::array<std::vector<Heard>, 2> slots_;
  std::array<std::size_t, 2> filled_{};
  std::uint64_t run_ = 0;
  Carrier* waiting_on_ = nullptr;  ///< For the end of a run,
  WaitTicket wait_{};              ///< by this.
};

}  // namespace entente
