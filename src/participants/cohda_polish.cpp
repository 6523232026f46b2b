// SPDX-License-Identifier: MIT
// Annealing by Gibbs' rule, best replies and exchanges of two.
#include "participants/cohda_polish.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "entente/base/random.hpp"

namespace entente {
namespace {

using kernel::no_schedule;

/// How strict the agents are at the beginning and at the end of a round: shares of what one random change makes worse
/// in the mean. Different problems want different ones, so all take turns.
struct Strictness {
  double first, last;
};
constexpr Strictness strictness[] = {{0.25, 0.06}, {0.3, 0.03}, {0.5, 0.05}, {0.2, 0.02}};
constexpr std::uint32_t rounds = 4;
constexpr double exchange_share = 0.1;  // of a round's work, for pairs
constexpr double nothing_left = 1e-12;  // of the target: no selection can be better
constexpr std::uint64_t visits_between_looks = 512;

/// exp(x) for x in [-30, 0], within 1e-6: made of additions and products alone, so that it is the same everywhere.
double decay(double x) {
  const double binary = x * 1.4426950408889634;
  const double whole = std::floor(binary), f = binary - whole;
  const double power =
      1 + f * (0.693147182 + f * (0.240226479 + f * (0.0555053520 + f * (0.00967163 + f * 0.00144925))));
  return power * std::bit_cast<double>(std::uint64_t(1023 + std::int64_t(whole)) << 52);
}

class Polisher {
 public:
  Polisher(const kernel::ScheduleTable& table, std::vector<std::uint32_t>& choice, const CohdaPolishOptions& options)
      : table_(table),
        kernels_(kernel::schedule_kernels()),
        options_(options),
        random_(options.seed),
        stride_(table.stride()),
        choice_(choice),
        best_choice_(choice),
        residual_(stride_),
        base_(stride_),
        second_(stride_),
        scratch_(table.scratch()),
        odds_(table.most_schedules()) {
    for (std::uint32_t i = 0; i < table.agents(); ++i)
      if (table.rows(i).count > 1) movable_.push_back(i);
    place(choice);
    best_ = distance_;
  }

  CohdaPolishResult run() {
    for (std::uint32_t round = 0; round < rounds && goes_on(); ++round) {
      const std::uint64_t end = options_.work / rounds * (round + 1);
      if (round == 0)
        descend(result_.evaluated + (end - result_.evaluated) / 4);
      else if (round % 2 == 1)
        scatter();
      else
        place(best_choice());
      anneal(strictness[round % std::size(strictness)],
             end - std::min(end, std::uint64_t(exchange_share * double(options_.work) / rounds)));
      place(best_choice());
      descend(end);
      report();
    }
    choice_ = best_choice();
    return result_;
  }

 private:
  bool goes_on() {
    if (options_.stop.raised()) result_.interrupted = true;
    return !result_.interrupted && best_ > nothing_left * table_.target_size() && !movable_.empty() &&
           result_.evaluated < options_.work;
  }
  void report() const {
    if (options_.on_better) options_.on_better(best_);
  }

  void place(const std::vector<std::uint32_t>& choice) {
    store_best();
    choice_ = choice;
    table_.residual(choice_, residual_.data());
    distance_ = kernels_.distance(residual_.data(), table_.weights(), stride_);
  }
  void scatter() {
    std::vector<std::uint32_t> choice(table_.agents());
    for (std::uint32_t i = 0; i < table_.agents(); ++i) choice[i] = std::uint32_t(random_.below(table_.rows(i).count));
    place(choice);
  }

  /// What the others leave of the target for an agent.
  void leave(std::uint32_t agent, const double* residual, double* into) const {
    std::copy_n(residual, stride_, into);
    const double* const own = table_.row(agent, choice_[agent]);
    kernels_.apply(into, &own, 1, nullptr, 0, stride_);
  }

  void move(std::uint32_t agent, std::uint32_t index) {
    if (!best_is_stored_) undo_.push_back({agent, choice_[agent]});
    if (undo_.size() > table_.agents()) store_best();
    kernels_.exchange(residual_.data(), table_.row(agent, choice_[agent]), table_.row(agent, index), stride_);
    choice_[agent] = index;
    ++result_.moves;
  }
  void found(double distance) {
    distance_ = distance;
    if (distance >= best_) return;
    best_ = distance;
    best_is_stored_ = false;
    undo_.clear();
  }
  /// The best selection is kept as the steps back to it, as long as these are few.
  void store_best() {
    if (best_is_stored_) return;
    best_choice_ = choice_;
    for (; !undo_.empty(); undo_.pop_back()) best_choice_[undo_.back().first] = undo_.back().second;
    best_is_stored_ = true;
  }
  std::vector<std::uint32_t> best_choice() {
    store_best();
    return best_choice_;
  }

  /// What a random change of one agent costs, in the mean over those that change anything.
  double usual_change() {
    double sum = 0;
    std::uint32_t count = 0;
    for (std::uint32_t draw = 0; draw < 256; ++draw) {
      const std::uint32_t agent = movable_[random_.below(movable_.size())];
      const auto index = std::uint32_t(random_.below(table_.rows(agent).count));
      std::copy_n(residual_.data(), stride_, base_.data());
      kernels_.exchange(base_.data(), table_.row(agent, choice_[agent]), table_.row(agent, index), stride_);
      const double change = std::abs(kernels_.distance(base_.data(), table_.weights(), stride_) - distance_);
      sum += change;
      count += change > 0;
    }
    result_.evaluated += 256;
    return count ? sum / count : 0;
  }

  void anneal(const Strictness& strict, std::uint64_t until) {
    const double unit = usual_change() * table_.rows(0).scale;
    if (!(unit > 0) || result_.evaluated >= until) return;
    const std::uint64_t begin = result_.evaluated;
    const double span = double(until - begin);
    double temperature = unit * strict.first;
    const double fall = std::log(strict.last / strict.first);
    for (std::uint64_t visit = 0; result_.evaluated < until; ++visit) {
      if (visit % visits_between_looks == 0) {
        if (!goes_on()) return;
        temperature = unit * strict.first * decay(fall * double(result_.evaluated - begin) / span);
      }
      this->visit(movable_[random_.below(movable_.size())], temperature);
    }
  }

  void visit(std::uint32_t agent, double temperature) {
    const kernel::ScheduleRows& rows = table_.rows(agent);
    leave(agent, residual_.data(), base_.data());
    const float* const distances = kernels_.rough_distances(rows, base_.data(), scratch_.data());
    result_.evaluated += rows.count;
    ++result_.messages;
    float least = distances[0];
    for (std::uint32_t k = 1; k < rows.count; ++k) least = std::min(least, distances[k]);
    const double slope = 1 / temperature;
    double total = 0;
    for (std::uint32_t k = 0; k < rows.count; ++k) {
      const double x = (double(least) - double(distances[k])) * slope;
      total += x < -16 ? 0 : decay(x);
      odds_[k] = total;
    }
    const double draw = random_.uniform() * total;
    std::uint32_t chosen = 0;
    while (odds_[chosen] <= draw && chosen + 1 < rows.count) ++chosen;
    if (chosen == choice_[agent]) return;
    move(agent, chosen);
    // Looked at closely only where it may be the best so far.
    if (double(distances[chosen]) < best_ * rows.scale * (1 + 1e-4))
      found(kernels_.distance(residual_.data(), table_.weights(), stride_));
  }

  /// Best replies of one agent after the other until nobody gains; then of pairs, and again.
  void descend(std::uint64_t until) {
    do {
      for (std::uint32_t idle = 0, k = 0; idle < movable_.size(); k = (k + 1) % std::uint32_t(movable_.size())) {
        const std::uint32_t agent = movable_[k];
        leave(agent, residual_.data(), base_.data());
        const kernel::Nearest best = kernels_.nearest(table_.rows(agent), base_.data(), distance_, scratch_.data());
        result_.evaluated += table_.rows(agent).count;
        ++result_.messages;
        ++idle;
        if (best.index == no_schedule) continue;
        move(agent, best.index);
        found(best.distance);
        idle = 0;
      }
    } while (goes_on() && exchange(until));
  }

  /// The first exchange of two that gains; false if there is none, or none was found in time.
  bool exchange(std::uint64_t until) {
    const std::size_t count = movable_.size();
    const std::size_t begin = random_.below(count);
    for (std::size_t a = 0; a < count; ++a) {
      const std::uint32_t first = movable_[(begin + a) % count];
      if (!goes_on()) return false;
      for (std::size_t b = 1; b < count; ++b) {
        const std::uint32_t second = movable_[(begin + a + b) % count];
        if (result_.evaluated >= until) return false;
        if (exchange(first, second)) return true;
      }
    }
    return false;
  }
  bool exchange(std::uint32_t first, std::uint32_t second) {
    leave(first, residual_.data(), base_.data());
    const double* const kept = table_.row(second, choice_[second]);
    for (std::uint32_t k = 0; k < table_.rows(first).count; ++k) {
      if (k == choice_[first]) continue;
      std::copy_n(base_.data(), stride_, second_.data());
      const double* const tried = table_.row(first, k);
      kernels_.apply(second_.data(), &kept, 1, &tried, 1, stride_);
      const kernel::Nearest best = kernels_.nearest(table_.rows(second), second_.data(), distance_, scratch_.data());
      result_.evaluated += table_.rows(second).count;
      ++result_.messages;
      if (best.index == no_schedule) continue;
      move(first, k);
      if (best.index != choice_[second]) move(second, best.index);
      found(best.distance);
      return true;
    }
    return false;
  }

  const kernel::ScheduleTable& table_;
  const kernel::ScheduleKernels& kernels_;
  const CohdaPolishOptions& options_;
  Random random_;
  std::uint32_t stride_;
  std::vector<std::uint32_t>& choice_;
  std::vector<std::uint32_t> best_choice_, movable_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> undo_;
  bool best_is_stored_ = true;
  double distance_ = 0, best_ = 0;
  Array<double> residual_, base_, second_;
  Array<float> scratch_;
  std::vector<double> odds_;
  CohdaPolishResult result_;
};

}  // namespace

std::uint64_t usual_polish_work(const kernel::ScheduleTable& table) {
  std::uint64_t schedules = 0;
  for (std::uint32_t i = 0; i < table.agents(); ++i) schedules += table.rows(i).count;
  return std::min(200'000 * schedules, std::min<std::uint64_t>(200'000'000, 120'000'000 + 300 * schedules));
}

CohdaPolishResult polish(const kernel::ScheduleTable& table, std::vector<std::uint32_t>& choice,
                         const CohdaPolishOptions& options) {
  return Polisher(table, choice, options).run();
}

}  // namespace entente
