// SPDX-License-Identifier: MIT
// Memories, their merging, and what a selection is worth.
#include "entente/participants/cohda_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "entente/base/error.hpp"

namespace entente::cohda {
namespace {

/// a + b = sum + rest, exactly. From Knuth, "The Art of Computer Programming", volume 2, 4.2.2.
struct TwoSum {
  double sum, rest;
  TwoSum(double a, double b) : sum(a + b) {
    const double part = sum - a;
    rest = (a - (sum - part)) + (b - part);
  }
};

/// Adds up as NumPy does: eight partial sums for up to 128 numbers, halves beyond.
double pairwise_sum(const double* numbers, std::size_t count) {
  if (count < 8) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += numbers[i];
    return sum;
  }
  if (count <= 128) {
    double part[8];
    std::copy_n(numbers, 8, part);
    std::size_t i = 8;
    for (; i + 8 <= count; i += 8)
      for (std::size_t k = 0; k < 8; ++k) part[k] += numbers[i + k];
    double sum = ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
    for (; i < count; ++i) sum += numbers[i];
    return sum;
  }
  const std::size_t half = count / 2 / 8 * 8;
  return pairwise_sum(numbers, half) + pairwise_sum(numbers + half, count - half);
}

/// A memory as plain lists.
struct PlainRow {
  std::uint32_t participant = 0, counter = 0;
  double preference = 0;
  std::vector<double> values;
};
struct PlainCandidate {
  std::uint32_t creator = 0;
  std::optional<double> perf;
  std::vector<PlainRow> rows;
};
struct PlainMemory {
  std::optional<TargetParams> target;
  std::vector<PlainRow> selections;
  std::optional<PlainCandidate> candidate;
  std::vector<std::pair<std::string, std::vector<double>>> additional;
};

PlainRow plain(std::uint32_t participant, std::uint32_t counter, const Schedule& schedule) {
  return {participant, counter, schedule.preference(), {schedule.values().begin(), schedule.values().end()}};
}

bool all_finite(const std::vector<double>& numbers) {
  return std::ranges::all_of(numbers, [](double x) { return std::isfinite(x); });
}
bool valid(const TargetParams& target) {
  return !target.schedule.empty() && target.weights.size() == target.schedule.size() && all_finite(target.schedule) &&
         all_finite(target.weights) && std::ranges::all_of(target.weights, [](double w) { return w >= 0; });
}
bool valid(const std::vector<PlainRow>& rows) {
  return std::ranges::all_of(rows, [](const PlainRow& row) {
    return row.participant >= 1 && row.participant <= most_participants && !std::isnan(row.preference) &&
           !row.values.empty() && all_finite(row.values);
  });
}
Schedule schedule_of(PlainRow& row) { return Schedule(std::move(row.values)).with_preference(row.preference); }

}  // namespace

bool Schedule::operator==(const Schedule& other) const {
  if (preference_ != other.preference_) return false;
  return values_ == other.values_ || std::ranges::equal(values(), other.values());
}

void ScheduleSum::add(const Schedule& schedule, double times) {
  if (schedule.size() > high_.size()) {
    high_.resize(schedule.size());
    low_.resize(schedule.size());
  }
  preference_ += times * schedule.preference();
  for (std::size_t t = 0; t < schedule.size(); ++t) {
    const TwoSum sum(high_[t], times * schedule[t]);
    const TwoSum normal(sum.sum, low_[t] + sum.rest);
    high_[t] = normal.sum;
    low_[t] = normal.rest;
  }
}

void ScheduleSum::left_of(std::span<const double> target, std::span<double> into) const {
  for (std::size_t t = 0; t < target.size(); ++t) {
    if (t >= high_.size()) {
      into[t] = target[t];
      continue;
    }
    const TwoSum difference(target[t], -high_[t]);
    into[t] = difference.sum + (difference.rest - low_[t]);
  }
}

std::vector<double> ScheduleSum::values() const { return high_; }

SystemConfig::SystemConfig(std::initializer_list<std::pair<const std::uint32_t, ScheduleSelection>> choices) {
  for (const auto& [participant, selection] : choices) set(participant, selection);
}

const ScheduleSelection* SystemConfig::find(std::uint32_t participant) const {
  const auto found = choices_.find(participant);
  return found == choices_.end() ? nullptr : &found->second;
}

void SystemConfig::set(std::uint32_t participant, ScheduleSelection selection) {
  ScheduleSelection& mine = choices_[participant];
  sum_.add(mine.schedule, -1);
  sum_.add(selection.schedule);
  mine = std::move(selection);
}

SolutionCandidate::SolutionCandidate(std::uint32_t creator, std::map<std::uint32_t, Schedule> rows,
                                     std::optional<double> worth)
    : participant_id(creator), perf(worth), schedules_(std::move(rows)) {
  for (const auto& [participant, schedule] : schedules_) sum_.add(schedule);
}

const Schedule* SolutionCandidate::find(std::uint32_t participant) const {
  const auto found = schedules_.find(participant);
  return found == schedules_.end() ? nullptr : &found->second;
}

void SolutionCandidate::set(std::uint32_t participant, Schedule schedule) {
  Schedule& mine = schedules_[participant];
  sum_.add(mine, -1);
  sum_.add(schedule);
  mine = std::move(schedule);
}

void SolutionCandidate::erase(std::uint32_t participant) {
  const auto found = schedules_.find(participant);
  if (found == schedules_.end()) return;
  sum_.add(found->second, -1);
  schedules_.erase(found);
}

std::vector<std::uint32_t> SolutionCandidate::present() const {
  std::vector<std::uint32_t> ids;
  for (const auto& [participant, schedule] : schedules_) ids.push_back(participant);
  return ids;
}

DenseMatrix SolutionCandidate::matrix() const {
  if (schedules_.empty()) return {};
  DenseMatrix matrix(schedules_.rbegin()->first, sum_.size());
  for (const auto& [participant, schedule] : schedules_)
    std::ranges::copy(schedule.values(), matrix.row(participant - 1).begin());
  return matrix;
}

double cohda_default_performance(const DenseMatrix& cluster_schedule, const TargetParams& target) {
  std::vector<double> sum(target.schedule.size());
  for (std::size_t row = 0; row < cluster_schedule.rows; ++row)
    for (std::size_t t = 0; t < std::min(sum.size(), cluster_schedule.columns); ++t)
      sum[t] = row == 0 ? cluster_schedule(0, t) : sum[t] + cluster_schedule(row, t);
  for (std::size_t t = 0; t < sum.size(); ++t)
    sum[t] = std::abs(target.schedule[t] - sum[t]) * (target.weights.empty() ? 1 : target.weights[t]);
  return -pairwise_sum(sum.data(), sum.size());
}

SystemConfig merge_sysconfigs(const SystemConfig& ours, const SystemConfig& theirs) {
  SystemConfig merged = ours;
  for (const auto& [participant, selection] : theirs.schedule_choices()) {
    const ScheduleSelection* const known = merged.find(participant);
    if (!known || selection.counter > known->counter) merged.set(participant, selection);
  }
  return merged;
}

SolutionCandidate merge_candidates(const SolutionCandidate& ours, const std::optional<SolutionCandidate>& theirs,
                                   std::uint32_t participant_id, const PerformanceFunction& performance,
                                   const TargetParams& target) {
  if (!theirs) return ours;
  bool only_ours = false, only_theirs = false;
  for (const auto& [participant, schedule] : ours.schedules()) only_ours |= !theirs->find(participant);
  for (const auto& [participant, schedule] : theirs->schedules()) only_theirs |= !ours.find(participant);
  if (only_theirs && !only_ours) return *theirs;
  if (only_theirs) {
    SolutionCandidate both = ours;
    for (const auto& [participant, schedule] : theirs->schedules())
      if (!both.find(participant)) both.set(participant, schedule);
    both.participant_id = participant_id;
    both.perf.reset();
    return both;
  }
  if (only_ours) return ours;
  const auto worth = [&](const SolutionCandidate& candidate) {
    if (candidate.perf) return *candidate.perf;
    return (performance ? performance(candidate.matrix(), target)
                        : cohda_default_performance(candidate.matrix(), target)) +
           candidate.sum().preference();
  };
  const double our_worth = worth(ours), their_worth = worth(*theirs);
  const bool prevails =
      their_worth > our_worth || (their_worth == our_worth && theirs->participant_id < ours.participant_id);
  if (!prevails) return ours;
  SolutionCandidate taken = *theirs;
  taken.perf = their_worth;
  return taken;
}

SolutionCandidate create_from_updated_sysconf(std::uint32_t participant_id, const SystemConfig& sysconfig,
                                              const Schedule& new_schedule) {
  std::map<std::uint32_t, Schedule> rows;
  for (const auto& [participant, selection] : sysconfig.schedule_choices()) rows[participant] = selection.schedule;
  rows[participant_id] = new_schedule;
  return {participant_id, std::move(rows)};
}

void WorkingMemory::encode(Writer& writer) const {
  PlainMemory memory;
  memory.target = target_params;
  for (const auto& [participant, selection] : system_config.schedule_choices())
    memory.selections.push_back(plain(participant, selection.counter, selection.schedule));
  if (solution_candidate) {
    PlainCandidate& candidate = memory.candidate.emplace();
    candidate.creator = solution_candidate->participant_id;
    candidate.perf = solution_candidate->perf;
    for (const auto& [participant, schedule] : solution_candidate->schedules())
      candidate.rows.push_back(plain(participant, 0, schedule));
  }
  memory.additional.assign(additional_parameters.begin(), additional_parameters.end());
  writer(memory);
}

std::optional<WorkingMemory> WorkingMemory::decode(Reader& reader) {
  PlainMemory read;
  if (!reader(read)) return std::nullopt;
  if (read.target && !valid(*read.target)) return std::nullopt;
  if (!valid(read.selections) || (read.candidate && !valid(read.candidate->rows))) return std::nullopt;
  WorkingMemory memory;
  memory.target_params = std::move(read.target);
  for (PlainRow& row : read.selections) {
    if (row.counter == 0) return std::nullopt;
    const std::uint32_t counter = row.counter;
    memory.system_config.set(row.participant, {schedule_of(row), counter});
  }
  if (read.candidate) {
    if (read.candidate->perf && std::isnan(*read.candidate->perf)) return std::nullopt;
    std::map<std::uint32_t, Schedule> rows;
    for (PlainRow& row : read.candidate->rows) rows[row.participant] = schedule_of(row);
    memory.solution_candidate = SolutionCandidate(read.candidate->creator, std::move(rows), read.candidate->perf);
  }
  for (auto& [key, numbers] : read.additional) memory.additional_parameters[key] = std::move(numbers);
  return memory;
}

WorkingMemory create_cohda_start_message(std::vector<double> target_schedule, std::vector<double> weights) {
  if (target_schedule.empty())
    throw Error(ErrorCode::bad_input, "the target has no step; expected one number for each step");
  if (weights.empty()) weights.assign(target_schedule.size(), 1.0);
  if (weights.size() != target_schedule.size())
    throw Error(ErrorCode::bad_input, fmt::format("{} weights for {} steps of the target; expected one for each step",
                                                  weights.size(), target_schedule.size()));
  for (std::size_t t = 0; t < weights.size(); ++t) {
    if (!(weights[t] >= 0 && std::isfinite(weights[t])))
      throw Error(ErrorCode::bad_input, fmt::format("weights[{}] is {}; expected 0 or more", t, weights[t]));
    if (!std::isfinite(target_schedule[t]))
      throw Error(ErrorCode::bad_input, fmt::format("target[{}] is {}; expected a number", t, target_schedule[t]));
  }
  WorkingMemory start;
  start.target_params = TargetParams{std::move(target_schedule), std::move(weights)};
  return start;
}

}  // namespace entente::cohda
