// SPDX-License-Identifier: MIT
// Choosing from a set, and by random samples within corridors.
#include "entente/participants/cohda_decider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"

namespace entente::cohda {
namespace {

constexpr double least_force = 1e-9;  // so that what is worth anything locally outweighs the whole where force is 0
constexpr double least_gain = 1e-3;   // of what has to be beaten

}  // namespace

LocalDecider::~LocalDecider() = default;

DefaultLocalDecider::DefaultLocalDecider(Provider provider, Acceptable is_local_acceptable)
    : provider_(std::move(provider)), acceptable_(std::move(is_local_acceptable)) {
  if (!provider_)
    throw Error(ErrorCode::wrong_use, "a decider needs a function that provides schedules; this is empty");
}

DefaultLocalDecider::DefaultLocalDecider(std::vector<Schedule> schedules, Acceptable is_local_acceptable)
    : acceptable_(std::move(is_local_acceptable)) {
  if (schedules.empty())
    throw Error(ErrorCode::bad_input, "the list of schedules is empty; a participant needs at least one to choose");
  provider_ = [list = std::move(schedules)](const WorkingMemory&) { return list; };
}

Schedule DefaultLocalDecider::initial_schedule(const WorkingMemory& memory) {
  const std::vector<Schedule> schedules = provider_(memory);
  if (schedules.empty())
    throw Error(ErrorCode::bad_input, "no schedule was provided; a participant needs at least one to choose");
  if (accept_any_initial || !acceptable_) return schedules.front();
  const auto found = std::ranges::find_if(schedules, acceptable_);
  if (found == schedules.end())
    throw Error(ErrorCode::bad_input, fmt::format("none of the {} schedules is acceptable to the participant itself; "
                                                  "provide one that is",
                                                  schedules.size()));
  return *found;
}

std::optional<Schedule> DefaultLocalDecider::choose(Situation& situation) {
  std::optional<Schedule> best;
  double to_beat = situation.to_beat();
  for (const Schedule& schedule : provider_(situation.memory())) {
    if (acceptable_ && !acceptable_(schedule)) continue;
    const double score = situation.score(schedule);
    if (!(score > to_beat)) continue;
    to_beat = score;
    best = schedule;
  }
  return best;
}

LocalSearchDecider::LocalSearchDecider(std::vector<double> initial_schedule,
                                       std::vector<std::pair<double, double>> corridors,
                                       std::function<double(const Schedule&)> local_performance)
    : LocalSearchDecider(std::move(initial_schedule), std::move(corridors), std::move(local_performance), Options{}) {}

LocalSearchDecider::LocalSearchDecider(std::vector<double> initial_schedule,
                                       std::vector<std::pair<double, double>> corridors,
                                       std::function<double(const Schedule&)> local_performance, Options options)
    : initial_(std::move(initial_schedule)),
      corridors_(std::move(corridors)),
      local_(std::move(local_performance)),
      options_(std::move(options)),
      force_(std::max(options_.convergence_force_factor, least_force)) {
  const auto refuse = [](const std::string& why) { throw Error(ErrorCode::wrong_use, why); };
  if (initial_.size() != corridors_.size())
    refuse(fmt::format("{} corridors for an initial schedule of {} steps; expected one for each step",
                       corridors_.size(), initial_.size()));
  for (std::size_t t = 0; t < corridors_.size(); ++t) {
    const auto [low, high] = corridors_[t];
    if (!(low <= high) || !std::isfinite(low) || !std::isfinite(high))
      refuse(fmt::format("corridors[{}] is ({}, {}); expected two numbers, the lower first", t, low, high));
    initial_[t] = std::clamp(initial_[t], low, high);
  }
  if (!local_) refuse("the local performance is empty; give a function, one that returns 0 if nothing matters");
  if (!(options_.convergence_force_factor >= 0) || !std::isfinite(options_.convergence_force_factor))
    refuse(fmt::format("convergence_force_factor is {}; expected 0 or more", options_.convergence_force_factor));
  if (options_.max_iterations == 0 || options_.sample_size_per_value == 0)
    refuse("max_iterations and sample_size_per_value must be at least 1");
  if (!options_.distribution)
    options_.distribution = [](double low, double high, double unit, double) { return low + (high - low) * unit; };
}

double LocalSearchDecider::worth(const std::vector<double>& values) {
  const double worth = local_(Schedule(values));
  if (std::isnan(worth))
    throw Error(ErrorCode::wrong_use, "the local performance returned what is not a number; expected one");
  return worth / force_;
}

Schedule LocalSearchDecider::finished(std::vector<double> values) {
  const double preference = worth(values);
  return Schedule(std::move(values)).with_preference(preference);
}

double LocalSearchDecider::sample(double low, double high) {
  const double unit = entente::unit(mix(options_.seed), 1, std::uint32_t(draws_));
  const double other = entente::unit(mix(options_.seed), 2, std::uint32_t(draws_));
  ++draws_;
  const double drawn = options_.distribution(low, high, unit, other);
  return std::isnan(drawn) ? low : std::clamp(drawn, low, high);
}

Schedule LocalSearchDecider::initial_schedule(const WorkingMemory&) { return finished(initial_); }

std::optional<Schedule> LocalSearchDecider::choose(Situation& situation) {
  const std::vector<double> left = situation.left();
  const std::vector<double>& weights = situation.memory().target_params->weights;
  if (left.size() != initial_.size())
    throw Error(ErrorCode::bad_input, fmt::format("corridors for {} steps meet a target of {}; expected as many",
                                                  initial_.size(), left.size()));
  const std::span<const double> now = situation.proposed().values();
  std::vector<double> values(now.begin(), now.end());
  for (std::size_t t = 0; t < values.size(); ++t) {
    const auto score = [&](double value) {
      const double former = std::exchange(values[t], value);
      const double score = worth(values) - weights[t] * std::abs(left[t] - value);
      values[t] = former;
      return score;
    };
    const auto [lowest, highest] = corridors_[t];
    double best = values[t], best_score = score(best);
    const auto consider = [&](double value) {
      if (const double s = score(value); s > best_score) {
        best = value;
        best_score = s;
      }
    };
    consider(std::clamp(left[t], lowest, highest));  // where the force comes to rest
    double low = lowest, high = highest;
    for (std::uint32_t iteration = 0; iteration < options_.max_iterations && low < high; ++iteration) {
      for (std::uint32_t k = 0; k < options_.sample_size_per_value; ++k) consider(sample(low, high));
      const double quarter = (high - low) / 4;
      low = std::max(lowest, best - quarter);
      high = std::min(highest, best + quarter);
    }
    values[t] = best;
  }
  Schedule found = finished(std::move(values));
  const double to_beat = situation.to_beat();
  if (!(situation.score(found) > to_beat + least_gain * std::abs(to_beat))) return std::nullopt;
  return found;
}

}  // namespace entente::cohda
