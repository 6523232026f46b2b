// SPDX-License-Identifier: MIT
// CohdaParticipant: COHDA over any carrier. For whole problems in one process, run_cohda (cohda_group.hpp) is faster.
//
//   using namespace entente;
//   auto first = cohda::create_cohda_participant(1, {{0, 1, 2}, {1, 2, 3}});
//   auto second = cohda::create_cohda_participant(2, {{0, 1, 2}, {1, 2, 3}});
//   Participant* const both[] = {first.get(), second.get()};
//   start_distributed_optimization(both, cohda::create_cohda_start_message({1.2, 2, 3}));
//   cohda::cohda_result(*first);  // 0, 2, 4
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "entente/carriers/carrier.hpp"
#include "entente/participants/cohda_decider.hpp"
#include "entente/participants/cohda_memory.hpp"
#include "entente/participants/cohda_update.hpp"

namespace entente {
class ContentTypes;
}

namespace entente::cohda {

/// What a participant sends.
enum class Sending : std::uint8_t {
  changes,    ///< What the receiver has not been told yet, as CohdaUpdate; can travel as bytes.
  snapshots,  ///< Its memory as it is; for carriers that deliver only the latest message of a link.
  live,       ///< Its memory as it is when the message is delivered. In process only.
};

struct ParticipantOptions {
  Sending sending = Sending::changes;
  /// The numbers of the reference implementation: sums in its order, the first target for good, an initial schedule
  /// that need not be acceptable, and `live` sending.
  bool compat = false;
};

/// Perceives, decides and acts on every message. Holds what it knows for all to see.
class CohdaParticipant : public Participant {
 public:
  /// Errors  Error{wrong_use} for an id outside 1 … most_participants and a missing decider.
  CohdaParticipant(std::uint32_t participant_id, std::shared_ptr<LocalDecider> decider,
                   PerformanceFunction performance = {}, ParticipantOptions options = {});

  /// WorkingMemory, CohdaUpdate or CohdaAsk. Errors  Error{bad_input} for others, for updates that contradict
  /// themselves, for schedules that have not as many steps as the target, and where the decider has none;
  /// Error{wrong_use} if the performance function returns what is not a number. What deciders and performance functions
  /// throw passes through.
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override;

  std::uint32_t participant_id() const { return id_; }
  std::uint32_t counter() const { return counter_; }
  const WorkingMemory& memory() const { return *memory_; }
  LocalDecider& decider() const { return *decider_; }
  std::uint64_t decides() const { return decides_; }
  /// How good a candidate is.
  double evaluate(const SolutionCandidate& candidate) const;
  bool compat() const { return options_.compat; }

 private:
  friend std::pair<SystemConfig, SolutionCandidate> perceive(CohdaParticipant&, std::span<const WorkingMemory* const>);
  friend std::pair<SystemConfig, SolutionCandidate> decide(CohdaParticipant&, LocalDecider&, SystemConfig,
                                                           SolutionCandidate);
  friend const WorkingMemory& act(CohdaParticipant&, SystemConfig, SolutionCandidate);
  friend void process_exchange_message(CohdaParticipant&, std::span<const WorkingMemory* const>, Carrier&);

  bool adopt_target(const TargetParams& target);
  double checked(double performance) const;
  void begin();
  void broadcast(Carrier& carrier);

  std::uint32_t id_;
  std::shared_ptr<LocalDecider> decider_;
  PerformanceFunction performance_;  // empty: the default one, by sums
  ParticipantOptions options_;
  std::uint32_t counter_ = 0;
  std::uint64_t decides_ = 0;
  std::shared_ptr<WorkingMemory> memory_ = std::make_shared<WorkingMemory>();
  bool changed_ = false;  // by what was perceived last
  UpdateLinks links_;
};

/// Merges what was heard into what is known; what to decide on.
std::pair<SystemConfig, SolutionCandidate> perceive(CohdaParticipant& participant,
                                                    std::span<const WorkingMemory* const> working_memories);
/// The best reply, if it beats the candidate; else what the candidate says.
std::pair<SystemConfig, SolutionCandidate> decide(CohdaParticipant& participant, LocalDecider& decider,
                                                  SystemConfig sysconfig, SolutionCandidate candidate);
/// Remembers; what to send.
const WorkingMemory& act(CohdaParticipant& participant, SystemConfig new_sysconfig, SolutionCandidate new_candidate);
/// All three, and sends to all neighbours if anything was news.
void process_exchange_message(CohdaParticipant& participant, std::span<const WorkingMemory* const> messages,
                              Carrier& carrier);

/// One that chooses from a list. Errors  Error{bad_input} if it is empty.
std::unique_ptr<CohdaParticipant> create_cohda_participant(std::uint32_t participant_id,
                                                           std::vector<Schedule> schedule_set,
                                                           PerformanceFunction performance = {},
                                                           ParticipantOptions options = {});
/// One whose schedules are asked for anew before each choice.
std::unique_ptr<CohdaParticipant> create_cohda_participant(std::uint32_t participant_id,
                                                           DefaultLocalDecider::Provider schedule_provider,
                                                           PerformanceFunction performance = {},
                                                           ParticipantOptions options = {});
std::unique_ptr<CohdaParticipant> create_cohda_participant_with_decider(std::uint32_t participant_id,
                                                                        std::shared_ptr<LocalDecider> decider,
                                                                        PerformanceFunction performance = {},
                                                                        ParticipantOptions options = {});

/// What participants send each other, for networks that leave the process.
void add_cohda_messages(ContentTypes& types);

/// What the participant's candidate adds up to. Errors  Error{wrong_use} if it has not heard of a target yet.
std::vector<double> cohda_result(const CohdaParticipant& participant);

}  // namespace entente::cohda
