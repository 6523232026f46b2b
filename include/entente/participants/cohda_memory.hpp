// SPDX-License-Identifier: MIT
// What a COHDA participant knows: who selected what, the best candidate, the target; and how two such memories merge.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "entente/base/codec.hpp"
#include "entente/base/dense_matrix.hpp"

namespace entente::cohda {

/// Participants have ids of their own, from 1 to this, which order them and break ties. They need not be addresses.
inline constexpr std::uint32_t most_participants = std::uint32_t(1) << 20;

/// A schedule: one number a step. Copies share the numbers, which nobody changes.
class Schedule {
 public:
  Schedule() = default;
  Schedule(std::vector<double> values)  // NOLINT: a schedule is its numbers
      : values_(std::make_shared<const std::vector<double>>(std::move(values))) {}
  Schedule(std::initializer_list<double> values) : Schedule(std::vector<double>(values)) {}

  std::span<const double> values() const {
    return values_ ? std::span<const double>(*values_) : std::span<const double>();
  }
  std::size_t size() const { return values_ ? values_->size() : 0; }
  double operator[](std::size_t step) const { return (*values_)[step]; }
  /// What it is worth to its owner alone, in units of performance; 0 but for deciders that say so.
  double preference() const { return preference_; }
  Schedule with_preference(double worth) const {
    Schedule copy = *this;
    copy.preference_ = worth;
    return copy;
  }
  /// By value.
  bool operator==(const Schedule& other) const;

 private:
  std::shared_ptr<const std::vector<double>> values_;
  double preference_ = 0;
};

/// A sum of schedules that forgets nothing: adding and taking off in any order ends at the same numbers, but for what
/// 106 bits cannot tell.
class ScheduleSum {
 public:
  void add(const Schedule& schedule, double times = 1);
  /// target - sum at each step, rounded once.
  void left_of(std::span<const double> target, std::span<double> into) const;
  std::vector<double> values() const;
  double preference() const { return preference_; }
  std::size_t size() const { return high_.size(); }

 private:
  std::vector<double> high_, low_;
  double preference_ = 0;
};

/// What a participant selected; a higher counter is newer.
struct ScheduleSelection {
  Schedule schedule;
  std::uint32_t counter = 0;
  bool operator==(const ScheduleSelection&) const = default;
};

/// Who selected what, as far as one has heard (Omega).
class SystemConfig {
 public:
  SystemConfig() = default;
  SystemConfig(std::initializer_list<std::pair<const std::uint32_t, ScheduleSelection>> choices);

  const std::map<std::uint32_t, ScheduleSelection>& schedule_choices() const { return choices_; }
  /// Null if nothing was heard of it.
  const ScheduleSelection* find(std::uint32_t participant) const;
  void set(std::uint32_t participant, ScheduleSelection selection);
  const ScheduleSum& sum() const { return sum_; }
  bool operator==(const SystemConfig& other) const { return choices_ == other.choices_; }

 private:
  std::map<std::uint32_t, ScheduleSelection> choices_;
  ScheduleSum sum_;
};

/// A selection for some or all participants, and what it is worth (gamma).
class SolutionCandidate {
 public:
  std::uint32_t participant_id = 0;  ///< Who made it.
  std::optional<double> perf;        ///< Not known yet: none.

  SolutionCandidate() = default;
  SolutionCandidate(std::uint32_t creator, std::map<std::uint32_t, Schedule> rows, std::optional<double> worth = {});

  const std::map<std::uint32_t, Schedule>& schedules() const { return schedules_; }
  const Schedule* find(std::uint32_t participant) const;
  void set(std::uint32_t participant, Schedule schedule);
  void erase(std::uint32_t participant);
  /// Ids of those in it, ascending.
  std::vector<std::uint32_t> present() const;
  /// One row for each id from 1 to the largest; zeros where absent.
  DenseMatrix matrix() const;
  const ScheduleSum& sum() const { return sum_; }
  bool operator==(const SolutionCandidate& other) const {
    return participant_id == other.participant_id && perf == other.perf && schedules_ == other.schedules_;
  }

 private:
  std::map<std::uint32_t, Schedule> schedules_;
  ScheduleSum sum_;
};

/// What the participants are to add up to.
struct TargetParams {
  std::vector<double> schedule, weights;
  /// Which of several targets is the newer: the higher number, then the higher id. 0: has not been numbered yet.
  std::uint64_t revision = 0;
  std::uint32_t revised_by = 0;

  /// Newer by number and id.
  bool newer_than(const TargetParams& other) const {
    return revision != other.revision ? revision > other.revision : revised_by > other.revised_by;
  }
  bool same_target(const TargetParams& other) const { return schedule == other.schedule && weights == other.weights; }
  bool operator==(const TargetParams&) const = default;
};

/// All that a participant knows, and a message with nothing left out.
struct WorkingMemory {
  std::optional<TargetParams> target_params;
  SystemConfig system_config;
  std::optional<SolutionCandidate> solution_candidate;
  std::map<std::string, std::vector<double>> additional_parameters;  ///< Of the user; not used, nor sent as changes.
  bool operator==(const WorkingMemory&) const = default;

  /// All of it as bytes. Those that are not a memory's (ids out of range, numbers that are none) give nothing.
  static constexpr std::string_view content_name = "entente.cohda_memory";
  void encode(Writer& writer) const;
  static std::optional<WorkingMemory> decode(Reader& reader);
};

/// How good a selection is: the higher the better. Gets one row for each id from 1 to the largest present. While not
/// all have been heard of it is asked about parts of the whole.
using PerformanceFunction = std::function<double(const DenseMatrix& cluster_schedule, const TargetParams& target)>;

/// - sum over t of weights[t] * |target[t] - sum of column t|, added up in the order in which NumPy adds.
double cohda_default_performance(const DenseMatrix& cluster_schedule, const TargetParams& target);

/// For each participant the selection with the higher counter; ours where they are equal.
SystemConfig merge_sysconfigs(const SystemConfig& ours, const SystemConfig& theirs);

/// Theirs, if it holds all participants of ours and more. Ours and what it lacks of theirs, made by `participant_id`,
/// not evaluated, if each holds some that the other lacks. If both hold the same: the better one, among equals that of
/// the lower id. Else ours.
SolutionCandidate merge_candidates(const SolutionCandidate& ours, const std::optional<SolutionCandidate>& theirs,
                                   std::uint32_t participant_id, const PerformanceFunction& performance,
                                   const TargetParams& target);

/// A candidate of all selections that were heard of, with one's own replaced.
SolutionCandidate create_from_updated_sysconf(std::uint32_t participant_id, const SystemConfig& sysconfig,
                                              const Schedule& new_schedule);

/// What tells participants of a target. `weights` empty: all are 1.
///
/// Errors  Error{bad_input} for weights that are not as many as the steps, negative, or not finite; for an empty
/// target.
WorkingMemory create_cohda_start_message(std::vector<double> target_schedule, std::vector<double> weights = {});

}  // namespace entente::cohda
