// SPDX-License-Identifier: MIT
// Deciders: how a COHDA participant chooses among its schedules.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "entente/participants/cohda_memory.hpp"

namespace entente::cohda {

/// What a decider sees when its participant has to choose.
class Situation {
 public:
  virtual ~Situation() = default;
  virtual const WorkingMemory& memory() const = 0;
  /// What the participant has selected, and what the candidate would have it select.
  virtual const Schedule& selected() const = 0;
  virtual const Schedule& proposed() const = 0;
  /// What a schedule has to beat: the worth of the candidate.
  virtual double to_beat() const = 0;
  /// The worth of what was heard of the others together with this schedule. Counts its preference.
  virtual double score(const Schedule& schedule) = 0;
  /// What the others leave of the target.
  virtual std::vector<double> left() const = 0;
};

/// Derive from it to choose in ways of your own.
class LocalDecider {
 public:
  virtual ~LocalDecider();
  virtual Schedule initial_schedule(const WorkingMemory& memory) = 0;
  /// A schedule whose score beats the candidate's, or nothing. Runs end if it only returns schedules whose score is
  /// higher than `to_beat`, and there are finitely many scores or every step up is at least so large.
  virtual std::optional<Schedule> choose(Situation& situation) = 0;
};

/// Chooses from a set: the first of the schedules with the highest score.
class DefaultLocalDecider : public LocalDecider {
 public:
  using Provider = std::function<std::vector<Schedule>(const WorkingMemory&)>;
  using Acceptable = std::function<bool(const Schedule&)>;

  /// `provider` is asked before every choice, and may answer according to what is known. `is_local_acceptable` empty:
  /// all are. The first acceptable one is the initial one.
  ///
  /// Errors  Error{bad_input}, when it has to choose, if there is no schedule, or none that is acceptable.
  explicit DefaultLocalDecider(Provider provider, Acceptable is_local_acceptable = {});
  /// From a list. Errors  Error{bad_input} if it is empty.
  explicit DefaultLocalDecider(std::vector<Schedule> schedules, Acceptable is_local_acceptable = {});

  Schedule initial_schedule(const WorkingMemory& memory) override;
  std::optional<Schedule> choose(Situation& situation) override;

  /// As the reference implementation does it: the initial schedule need not be acceptable.
  bool accept_any_initial = false;

 private:
  Provider provider_;
  Acceptable acceptable_;
};

/// Makes schedules itself, within a corridor for each step, by random samples.
///
/// A schedule is worth local_performance(schedule) + convergence_force_factor * (performance of the whole): so the
/// whole pulls each step towards what the others leave of the target, the stronger the more there is left. Step by
/// step, samples are drawn from the corridor, then nearer and nearer to the best; the best of all is taken, if it is
/// worth more than what the candidate has by a thousandth at least, so that runs end.
class LocalSearchDecider : public LocalDecider {
 public:
  /// From (low, high) and two numbers that are equally distributed in [0, 1) makes a sample; what lies outside of the
  /// corridor is moved to its end.
  using Distribution = std::function<double(double low, double high, double unit, double other_unit)>;

  struct Options {
    double convergence_force_factor = 0.1;     ///< >= 0. With 0 the local performance alone matters.
    std::uint32_t max_iterations = 10;         ///< Times the samples of a step are drawn. At least 1.
    std::uint32_t sample_size_per_value = 10;  ///< Samples a time. At least 1.
    Distribution distribution;                 ///< Empty: uniform.
    std::uint64_t seed = 0;
  };

  /// Errors  Error{wrong_use} for corridors that are crossed, not finite, or not as many as the steps; for options out
  ///         of range.
  LocalSearchDecider(std::vector<double> initial_schedule, std::vector<std::pair<double, double>> corridors,
                     std::function<double(const Schedule&)> local_performance);
  LocalSearchDecider(std::vector<double> initial_schedule, std::vector<std::pair<double, double>> corridors,
                     std::function<double(const Schedule&)> local_performance, Options options);

  Schedule initial_schedule(const WorkingMemory& memory) override;
  std::optional<Schedule> choose(Situation& situation) override;

 private:
  double worth(const std::vector<double>& values);
  Schedule finished(std::vector<double> values);
  double sample(double low, double high);

  std::vector<double> initial_;
  std::vector<std::pair<double, double>> corridors_;
  std::function<double(const Schedule&)> local_;
  Options options_;
  double force_;
  std::uint64_t draws_ = 0;
};

}  // namespace entente::cohda
