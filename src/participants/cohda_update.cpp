// SPDX-License-Identifier: MIT
// What to tell a neighbour, and what it told.
#include "entente/participants/cohda_update.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "entente/base/error.hpp"

namespace entente::cohda {
namespace {

[[noreturn]] void refuse(Address neighbour, const std::string& why) {
  throw Error(ErrorCode::bad_input,
              fmt::format("an update from address {} contradicts itself: {}", neighbour.number, why));
}

void check_id(Address neighbour, std::uint32_t participant) {
  if (participant == 0 || participant > most_participants)
    refuse(neighbour, fmt::format("participant id {}, expected 1 to {}", participant, most_participants));
}

bool all_finite(const std::vector<double>& numbers) {
  return std::ranges::all_of(numbers, [](double x) { return std::isfinite(x); });
}

}  // namespace

std::uint32_t UpdateLinks::number_of(std::uint32_t participant, const Schedule& schedule) {
  std::vector<Schedule>& known = numbered_[participant].schedules;
  const auto found = std::ranges::find(known, schedule);
  if (found == known.end()) {
    known.push_back(schedule);
    return std::uint32_t(known.size() - 1);
  }
  return std::uint32_t(found - known.begin());
}

CohdaUpdate UpdateLinks::tell(Address neighbour, const WorkingMemory& memory) { return tell(told_[neighbour], memory); }

CohdaUpdate UpdateLinks::tell_all(Address neighbour, const WorkingMemory& memory) {
  Told& told = told_[neighbour];
  const std::uint64_t messages = told.messages;
  told = {};
  told.messages = messages;
  CohdaUpdate update = tell(told, memory);
  update.full = true;
  return update;
}

CohdaUpdate UpdateLinks::tell(Told& told, const WorkingMemory& memory) {
  CohdaUpdate update;
  update.message = ++told.messages;
  if (memory.target_params) {
    const TargetParams& target = *memory.target_params;
    update.revision = target.revision;
    update.revised_by = target.revised_by;
    const auto revision = std::pair(target.revision, target.revised_by);
    if (told.revision != revision) {
      told.revision = revision;
      update.target = target.schedule;
      update.weights = target.weights;
    }
  }
  const auto name = [&](std::uint32_t participant, const Schedule& schedule) {
    const std::uint32_t number = number_of(participant, schedule);
    if (told.schedules.insert({participant, number}).second)
      update.schedules.push_back(
          {participant, number, schedule.preference(), {schedule.values().begin(), schedule.values().end()}});
    return number;
  };
  for (const auto& [participant, selection] : memory.system_config.schedule_choices()) {
    std::uint32_t& counter = told.counters[participant];
    if (counter == selection.counter) continue;
    counter = selection.counter;
    update.changes.push_back({participant, selection.counter, name(participant, selection.schedule)});
  }
  if (!memory.solution_candidate) return update;
  const SolutionCandidate& candidate = *memory.solution_candidate;
  for (auto entry = told.candidate.begin(); entry != told.candidate.end();) {
    if (candidate.find(entry->first)) {
      ++entry;
      continue;
    }
    update.candidate.push_back({entry->first, CohdaUpdate::gone});
    entry = told.candidate.erase(entry);
  }
  for (const auto& [participant, schedule] : candidate.schedules()) {
    const std::uint32_t number = number_of(participant, schedule);
    const auto [entry, is_new] = told.candidate.try_emplace(participant, number);
    if (!is_new && entry->second == number) continue;
    entry->second = number;
    update.candidate.push_back({participant, name(participant, schedule)});
  }
  update.has_candidate = true;
  update.creator = candidate.participant_id;
  update.perf = candidate.perf;
  return update;
}

UpdateLinks::Heard UpdateLinks::hear(Address neighbour, const CohdaUpdate& update) {
  Listening& link = heard_[neighbour];
  if (update.message <= link.messages) return {};  // repeated, or overtaken by a full one
  if (!update.full && (link.asked || update.message != link.messages + 1)) {
    link.asked = true;
    return {std::nullopt, true, link.messages};
  }
  if (update.full) link = {};
  link.messages = update.message;

  if (!update.target.empty()) {
    if (update.weights.size() != update.target.size() || !all_finite(update.target) || !all_finite(update.weights) ||
        std::ranges::any_of(update.weights, [](double w) { return w < 0; }))
      refuse(neighbour, "target and weights are not as many numbers each");
    // Schedules of another length are of no use any more; all of the candidate is told anew.
    if (link.target && link.target->schedule.size() != update.target.size()) link.candidate = {};
    link.target = TargetParams{update.target, update.weights, 0, 0};
  }
  if (!link.target) refuse(neighbour, "no target was told");
  if (update.revision == 0) refuse(neighbour, "the target has no number");
  link.target->revision = update.revision;
  link.target->revised_by = update.revised_by;
  const std::size_t steps = link.target->schedule.size();
  for (const CohdaUpdate::Row& row : update.schedules) {
    check_id(neighbour, row.participant);
    if (!all_finite(row.values) || std::isnan(row.preference) || row.values.empty())
      refuse(neighbour, "a schedule is empty or not of numbers");
    link.schedules[{row.participant, row.number}] = Schedule(row.values).with_preference(row.preference);
  }
  const auto look_up = [&](std::uint32_t participant, std::uint32_t number) -> const Schedule& {
    check_id(neighbour, participant);
    const auto found = link.schedules.find({participant, number});
    if (found == link.schedules.end())
      refuse(neighbour, fmt::format("schedule {} of participant {} was not told", number, participant));
    return found->second;
  };
  Heard heard;
  WorkingMemory& memory = heard.memory.emplace();
  memory.target_params = link.target;
  for (const CohdaUpdate::Change& change : update.changes) {
    if (change.counter == 0) refuse(neighbour, "a selection with counter 0");
    memory.system_config.set(change.participant, {look_up(change.participant, change.number), change.counter});
  }
  for (const CohdaUpdate::Entry& entry : update.candidate) {
    if (entry.number == CohdaUpdate::gone)
      link.candidate.erase(entry.participant);
    else
      link.candidate.set(entry.participant, look_up(entry.participant, entry.number));
  }
  if (update.has_candidate) {
    for (const CohdaUpdate::Entry& entry : update.candidate)
      if (const Schedule* const schedule = link.candidate.find(entry.participant);
          schedule && schedule->size() != steps)
        refuse(neighbour, "the candidate holds a schedule of another length than the target");
    if (update.perf && std::isnan(*update.perf)) refuse(neighbour, "the candidate's performance is not a number");
    check_id(neighbour, update.creator);
    // What was heard before and has been merged need not be merged again.
    const bool is_new = update.full || !update.target.empty() || !update.candidate.empty() ||
                        link.candidate.participant_id != update.creator || link.candidate.perf != update.perf;
    link.candidate.participant_id = update.creator;
    link.candidate.perf = update.perf;
    if (is_new) memory.solution_candidate = link.candidate;
  }
  return heard;
}

}  // namespace entente::cohda
