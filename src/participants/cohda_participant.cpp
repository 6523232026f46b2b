// SPDX-License-Identifier: MIT
// Perceive, decide, act: one participant over any carrier.
#include <fmt/format.h>

#include <cmath>
#include <tuple>

#include "entente/base/error.hpp"
#include "entente/carriers/wire.hpp"
#include "entente/participants/cohda.hpp"

namespace entente::cohda {
namespace {

/// - sum over t of weights[t] * |left[t]|.
double performance_of(std::span<const double> left, const TargetParams& target) {
  double sum = 0;
  for (std::size_t t = 0; t < left.size(); ++t) sum += target.weights[t] * std::abs(left[t]);
  return -sum;
}

/// A choice to be made, with what the others leave of the target reckoned once.
class Choosing : public Situation {
 public:
  Choosing(const CohdaParticipant& participant, bool by_sums, const SystemConfig& sysconfig,
           const SolutionCandidate& candidate, double to_beat)
      : participant_(participant),
        by_sums_(by_sums),
        sysconfig_(sysconfig),
        selected_(sysconfig.find(participant.participant_id())->schedule),
        proposed_(*candidate.find(participant.participant_id())),
        to_beat_(to_beat),
        others_(sysconfig.sum()),
        left_(target().schedule.size()) {
    others_.add(selected_, -1);
  }

  const WorkingMemory& memory() const override { return participant_.memory(); }
  const Schedule& selected() const override { return selected_; }
  const Schedule& proposed() const override { return proposed_; }
  double to_beat() const override { return to_beat_; }
  double score(const Schedule& schedule) override {
    if (schedule.size() != left_.size())
      throw Error(ErrorCode::bad_input,
                  fmt::format("participant {}: a schedule has {} steps, the target {}; expected as "
                              "many",
                              participant_.participant_id(), schedule.size(), left_.size()));
    if (!by_sums_)
      return participant_.evaluate(create_from_updated_sysconf(participant_.participant_id(), sysconfig_, schedule));
    ScheduleSum sum = others_;
    sum.add(schedule);
    sum.left_of(target().schedule, left_);
    return performance_of(left_, target()) + sum.preference();
  }
  std::vector<double> left() const override {
    std::vector<double> left(target().schedule.size());
    others_.left_of(target().schedule, left);
    return left;
  }

 private:
  const TargetParams& target() const { return *participant_.memory().target_params; }

  const CohdaParticipant& participant_;
  bool by_sums_;
  const SystemConfig& sysconfig_;
  const Schedule& selected_;
  const Schedule& proposed_;
  double to_beat_;
  ScheduleSum others_;
  std::vector<double> left_;
};

}  // namespace

CohdaParticipant::CohdaParticipant(std::uint32_t participant_id, std::shared_ptr<LocalDecider> decider,
                                   PerformanceFunction performance, ParticipantOptions options)
    : id_(participant_id), decider_(std::move(decider)), performance_(std::move(performance)), options_(options) {
  if (id_ == 0 || id_ > most_participants)
    throw Error(ErrorCode::wrong_use,
                fmt::format("participant id {}: expected a number from 1 to {}", id_, most_participants));
  if (!decider_) throw Error(ErrorCode::wrong_use, fmt::format("participant {}: has no decider; give it one", id_));
  if (options_.compat) {
    options_.sending = Sending::live;
    if (!performance_) performance_ = cohda_default_performance;
    if (auto* const chooser = dynamic_cast<DefaultLocalDecider*>(decider_.get())) chooser->accept_any_initial = true;
  }
}

double CohdaParticipant::checked(double performance) const {
  if (std::isnan(performance))
    throw Error(
        ErrorCode::wrong_use,
        fmt::format("participant {}: the performance is not a number (nan); expected one, the higher the better", id_));
  return performance;
}

double CohdaParticipant::evaluate(const SolutionCandidate& candidate) const {
  const TargetParams& target = *memory_->target_params;
  if (performance_) return checked(performance_(candidate.matrix(), target)) + candidate.sum().preference();
  std::vector<double> left(target.schedule.size());
  candidate.sum().left_of(target.schedule, left);
  return checked(performance_of(left, target) + candidate.sum().preference());
}

/// False if what was heard belongs to an older target.
bool CohdaParticipant::adopt_target(const TargetParams& heard) {
  std::optional<TargetParams>& own = memory_->target_params;
  if (own && options_.compat) return true;
  TargetParams target = heard;
  if (target.revision == 0) {  // from outside, not from a participant
    if (own && own->same_target(target)) return true;
    target.revision = own ? own->revision + 1 : 1;
    target.revised_by = id_;
  }
  if (own && !target.newer_than(*own)) return !own->newer_than(target);
  // Candidates were worth something for another target. What was heard of the others' selections is still what they
  // hold, unless their schedules must be of another length now.
  if (own && own->schedule.size() != target.schedule.size()) memory_->system_config = {};
  memory_->solution_candidate.reset();
  own = std::move(target);
  return true;
}

/// Takes a first schedule where there is none, and makes a candidate of it.
void CohdaParticipant::begin() {
  WorkingMemory& memory = *memory_;
  if (!memory.target_params)
    throw Error(ErrorCode::bad_input, fmt::format("participant {}: a message came before any target; begin with "
                                                  "create_cohda_start_message",
                                                  id_));
  if (!memory.system_config.find(id_)) {
    Schedule initial = decider_->initial_schedule(memory);
    if (initial.size() != memory.target_params->schedule.size())
      throw Error(ErrorCode::bad_input,
                  fmt::format("participant {}: a schedule has {} steps, the target {}; expected as many", id_,
                              initial.size(), memory.target_params->schedule.size()));
    memory.system_config.set(id_, {std::move(initial), ++counter_});
  }
  if (memory.solution_candidate && memory.solution_candidate->find(id_)) return;
  memory.solution_candidate = SolutionCandidate(id_, {{id_, memory.system_config.find(id_)->schedule}});
  changed_ = true;
}

std::pair<SystemConfig, SolutionCandidate> perceive(CohdaParticipant& self,
                                                    std::span<const WorkingMemory* const> working_memories) {
  self.changed_ = false;
  std::vector<bool> of_now;
  for (const WorkingMemory* const heard : working_memories)
    of_now.push_back(!heard->target_params || self.adopt_target(*heard->target_params));
  self.begin();
  const WorkingMemory& memory = *self.memory_;
  SystemConfig sysconfig = memory.system_config;
  SolutionCandidate candidate = *memory.solution_candidate;
  const std::size_t steps = memory.target_params->schedule.size();
  PerformanceFunction evaluate;
  for (std::size_t k = 0; k < working_memories.size(); ++k) {
    const WorkingMemory& heard = *working_memories[k];
    for (const auto& [id, selection] : heard.system_config.schedule_choices()) {
      const ScheduleSelection* const known = sysconfig.find(id);
      if ((known && known->counter >= selection.counter) || (!of_now[k] && selection.schedule.size() != steps))
        continue;
      if (selection.schedule.size() != steps)
        throw Error(ErrorCode::bad_input, fmt::format("participant {}: heard of a schedule of {} steps for a target of "
                                                      "{}; expected as many",
                                                      self.id_, selection.schedule.size(), steps));
      sysconfig.set(id, selection);
      self.changed_ = true;
    }
    if (!of_now[k] || !heard.solution_candidate) continue;
    if (candidate.schedules().size() == heard.solution_candidate->schedules().size()) {
      // May come to a comparison. What one knows of a candidate's worth is kept.
      std::optional<SolutionCandidate> theirs = heard.solution_candidate;
      if (!theirs->perf) theirs->perf = self.evaluate(*theirs);
      SolutionCandidate ours = candidate;
      if (!ours.perf) ours.perf = self.evaluate(ours);
      SolutionCandidate merged = merge_candidates(ours, theirs, self.id_, self.performance_, *memory.target_params);
      if (merged == ours) continue;
      candidate = std::move(merged);
    } else {
      SolutionCandidate merged =
          merge_candidates(candidate, heard.solution_candidate, self.id_, self.performance_, *memory.target_params);
      if (merged == candidate) continue;
      candidate = std::move(merged);
    }
    self.changed_ = true;
  }
  return {std::move(sysconfig), std::move(candidate)};
}

std::pair<SystemConfig, SolutionCandidate> decide(CohdaParticipant& self, LocalDecider& decider, SystemConfig sysconfig,
                                                  SolutionCandidate candidate) {
  ++self.decides_;
  if (!candidate.perf) candidate.perf = self.evaluate(candidate);
  Choosing choosing(self, !self.performance_, sysconfig, candidate, *candidate.perf);
  if (std::optional<Schedule> chosen = decider.choose(choosing)) {
    const double score = choosing.score(*chosen);
    candidate = create_from_updated_sysconf(self.id_, sysconfig, *chosen);
    candidate.perf = score;
  }
  const Schedule& best = *candidate.find(self.id_);
  if (!(sysconfig.find(self.id_)->schedule == best)) sysconfig.set(self.id_, {best, ++self.counter_});
  return {std::move(sysconfig), std::move(candidate)};
}

const WorkingMemory& act(CohdaParticipant& self, SystemConfig new_sysconfig, SolutionCandidate new_candidate) {
  self.memory_->system_config = std::move(new_sysconfig);
  self.memory_->solution_candidate = std::move(new_candidate);
  return *self.memory_;
}

void process_exchange_message(CohdaParticipant& self, std::span<const WorkingMemory* const> messages,
                              Carrier& carrier) {
  auto [sysconfig, candidate] = perceive(self, messages);
  if (!self.changed_) return;
  std::tie(sysconfig, candidate) = decide(self, *self.decider_, std::move(sysconfig), std::move(candidate));
  act(self, std::move(sysconfig), std::move(candidate));
  self.broadcast(carrier);
}

void CohdaParticipant::broadcast(Carrier& carrier) {
  Content all;
  if (options_.sending == Sending::live) all = Content::shared(std::shared_ptr<const WorkingMemory>(memory_));
  if (options_.sending == Sending::snapshots) all = Content(WorkingMemory(*memory_));
  for (const Address other : carrier.others())
    carrier.send(other, options_.sending == Sending::changes ? Content(links_.tell(other, *memory_)) : all);
}

void CohdaParticipant::on_message(Carrier& carrier, const Content& content, const Meta& meta) {
  if (const WorkingMemory* const whole = content.get<WorkingMemory>())
    return process_exchange_message(*this, std::span(&whole, 1), carrier);
  if (content.get<CohdaAsk>()) return carrier.send(meta.sender, links_.tell_all(meta.sender, *memory_));
  const auto* const update = content.get<CohdaUpdate>();
  if (!update)
    throw Error(ErrorCode::bad_input, fmt::format("participant {}: cannot read a message of type {}; expected "
                                                  "cohda::WorkingMemory or cohda::CohdaUpdate",
                                                  id_, printable(std::string(content.type_name()))));
  const UpdateLinks::Heard heard = links_.hear(meta.sender, *update);
  if (heard.missed) carrier.send(meta.sender, CohdaAsk{heard.heard});
  if (!heard.memory) return;
  const bool says_nothing = heard.memory->system_config.schedule_choices().empty() &&
                            !heard.memory->solution_candidate && memory_->solution_candidate &&
                            *heard.memory->target_params == *memory_->target_params;
  if (says_nothing) return;
  const WorkingMemory* const memory = &*heard.memory;
  process_exchange_message(*this, std::span(&memory, 1), carrier);
}

std::unique_ptr<CohdaParticipant> create_cohda_participant_with_decider(std::uint32_t participant_id,
                                                                        std::shared_ptr<LocalDecider> decider,
                                                                        PerformanceFunction performance,
                                                                        ParticipantOptions options) {
  return std::make_unique<CohdaParticipant>(participant_id, std::move(decider), std::move(performance), options);
}

std::unique_ptr<CohdaParticipant> create_cohda_participant(std::uint32_t participant_id,
                                                           std::vector<Schedule> schedule_set,
                                                           PerformanceFunction performance,
                                                           ParticipantOptions options) {
  if (schedule_set.empty())
    throw Error(ErrorCode::bad_input,
                fmt::format("participant {}: the list of schedules is empty; expected at least one", participant_id));
  for (const Schedule& schedule : schedule_set)
    if (schedule.size() != schedule_set.front().size() || schedule.size() == 0)
      throw Error(ErrorCode::bad_input,
                  fmt::format("participant {}: schedules of {} and {} steps; expected as many in each, at least one",
                              participant_id, schedule_set.front().size(), schedule.size()));
  return create_cohda_participant_with_decider(
      participant_id, std::make_shared<DefaultLocalDecider>(std::move(schedule_set)), std::move(performance), options);
}

std::unique_ptr<CohdaParticipant> create_cohda_participant(std::uint32_t participant_id,
                                                           DefaultLocalDecider::Provider schedule_provider,
                                                           PerformanceFunction performance,
                                                           ParticipantOptions options) {
  return create_cohda_participant_with_decider(participant_id,
                                               std::make_shared<DefaultLocalDecider>(std::move(schedule_provider)),
                                               std::move(performance), options);
}

std::vector<double> cohda_result(const CohdaParticipant& participant) {
  const std::optional<SolutionCandidate>& candidate = participant.memory().solution_candidate;
  if (!candidate)
    throw Error(ErrorCode::wrong_use, fmt::format("participant {} has no candidate yet: no target has reached it",
                                                  participant.participant_id()));
  return candidate->sum().values();
}

void add_cohda_messages(ContentTypes& types) { types.add<WorkingMemory>().add<CohdaUpdate>().add<CohdaAsk>(); }

}  // namespace entente::cohda
