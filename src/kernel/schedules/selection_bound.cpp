// SPDX-License-Identifier: MIT
// Prices by subgradient ascent, and branch and bound with them.
#include "kernel/schedules/selection_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace entente::kernel {
namespace {

/// How many prices are tried, and how many of them without a better bound before steps become shorter.
struct Effort {
  std::uint32_t steps, patience;
};
constexpr Effort at_root{50000, 60}, at_node{16, 8};
constexpr double root_share = 0.4;           // of the work, for prices at the root
constexpr std::uint32_t most_agents = 4000;  // beyond, no proof is tried: it would take a stack as deep

class Prover {
 public:
  Prover(const ScheduleTable& table, std::vector<std::uint32_t>& choice, const SelectionBoundOptions& options)
      : table_(table),
        kernels_(schedule_kernels()),
        options_(options),
        best_(choice),
        current_(choice),
        stride_(table.stride()),
        chosen_(table.agents()),
        direction_(stride_),
        trial_(stride_),
        base_(stride_),
        scratch_(table.scratch()) {
    Array<double> residual(stride_);
    table.residual(choice, residual.data());
    upper_ = kernels_.distance(residual.data(), table.weights(), stride_);
    double size = table.target_size();
    for (std::uint32_t i = 0; i < table.agents(); ++i) size += table.rows(i).reach;
    error_ = (double(stride_) + double(table.agents()) + 16) * 0x1p-51 * size;
  }

  SelectionBound run() {
    result_.proven = upper_ <= table_.rounding() + error_;  // 0 as far as can be told
    if (result_.proven) return result_;
    Array<double> prices(stride_), residual(stride_);
    std::copy_n(table_.target(), stride_, residual.data());
    std::vector<std::uint32_t> open(table_.agents());
    for (std::uint32_t i = 0; i < table_.agents(); ++i) open[i] = i;
    // Where prices tell agents apart no better, those that matter most are branched on first.
    std::vector<double> spread(table_.agents());
    for (const std::uint32_t i : open) spread[i] = spread_of(i);
    std::stable_sort(open.begin(), open.end(), [&](std::uint32_t a, std::uint32_t b) { return spread[a] > spread[b]; });
    limit_ = std::uint64_t(double(options_.work) * root_share);
    start_prices(open, prices.data());
    double bound = ascend(open, residual.data(), prices.data(), at_root);
    limit_ = options_.work;
    if (bound - error_ < upper_ && open.size() <= most_agents && goes_on()) {
      complete_ = true;
      branch(open, residual.data(), prices.data(), bound);
      if (complete_) result_.proven = true;
    } else if (bound - error_ >= upper_) {
      result_.proven = true;
    }
    bound = std::max(0.0, bound - error_);
    if (result_.proven) bound = std::max(bound, upper_);
    result_.bound = std::max(0.0, bound - table_.rounding());
    return result_;
  }

 private:
  bool goes_on() const { return result_.evaluated < limit_ && !options_.stop.raised(); }

  /// Weighted distance between the most and the least that an agent can do, step by step.
  double spread_of(std::uint32_t agent) const {
    double spread = 0;
    for (std::uint32_t t = 0; t < stride_; ++t) {
      double low = table_.row(agent, 0)[t], high = low;
      for (std::uint32_t k = 1; k < table_.rows(agent).count; ++k) {
        low = std::min(low, table_.row(agent, k)[t]);
        high = std::max(high, table_.row(agent, k)[t]);
      }
      spread += table_.weights()[t] * (high - low);
    }
    return spread;
  }

  /// The prices' own value: what is left of the target at these prices, less the most that open agents can take off.
  double value(const std::vector<std::uint32_t>& open, const double* residual, const double* prices) {
    double sum = 0;
    for (std::uint32_t t = 0; t < stride_; ++t) sum += prices[t] * residual[t];
    for (const std::uint32_t i : open) {
      const Nearest most = kernels_.furthest(table_.rows(i), prices);
      chosen_[i] = most.index;
      sum -= most.distance;
      result_.evaluated += table_.rows(i).count;
    }
    return sum;
  }

  /// Prices at which what is left after the best selection so far costs what it does.
  void start_prices(const std::vector<std::uint32_t>& open, double* prices) const {
    Array<double> residual(stride_);
    std::copy_n(table_.target(), stride_, residual.data());
    for (const std::uint32_t i : open) kernels_.subtract(residual.data(), table_.row(i, best_[i]), stride_);
    for (std::uint32_t t = 0; t < stride_; ++t)
      prices[t] = residual[t] == 0 ? 0 : std::copysign(table_.weights()[t], residual[t]);
  }

  /// Raises the bound by changing `prices`; returns the best, and leaves its prices.
  double ascend(const std::vector<std::uint32_t>& open, const double* residual, double* prices, const Effort& effort) {
    const double* const weights = table_.weights();
    std::copy_n(prices, stride_, trial_.data());
    last_ = value(open, residual, trial_.data());
    double best = last_;
    if (best < 0) {  // no prices at all bound it by 0
      std::fill_n(prices, stride_, 0.0);
      best = 0;
    }
    double length = 1;
    std::uint32_t idle = 0;
    for (std::uint32_t step = 0; step < effort.steps && best - error_ < upper_ && goes_on(); ++step) {
      std::copy_n(residual, stride_, direction_.data());
      for (const std::uint32_t i : open) kernels_.subtract(direction_.data(), table_.row(i, chosen_[i]), stride_);
      double square = 0;
      for (std::uint32_t t = 0; t < stride_; ++t) {
        const bool blocked =
            (trial_[t] >= weights[t] && direction_[t] > 0) || (trial_[t] <= -weights[t] && direction_[t] < 0);
        if (blocked) direction_[t] = 0;
        square += direction_[t] * direction_[t];
      }
      if (square == 0) break;  // the best prices that there are
      const double move = length * (upper_ - last_) / square;
      for (std::uint32_t t = 0; t < stride_; ++t)
        trial_[t] = std::clamp(trial_[t] + move * direction_[t], -weights[t], weights[t]);
      last_ = value(open, residual, trial_.data());
      if (last_ > best) {
        best = last_;
        std::copy_n(trial_.data(), stride_, prices);
        idle = 0;
      } else if (++idle == effort.patience) {
        idle = 0;
        length *= 0.7;
        if (length < 1e-3) break;
        std::copy_n(prices, stride_, trial_.data());
        last_ = value(open, residual, trial_.data());
      }
    }
    return best;
  }

  /// Shows that nothing below `upper_` is left among the selections of the open agents, or finds it.
  void branch(const std::vector<std::uint32_t>& open, const double* residual, const double* prices, double bound) {
    if (open.empty()) return leaf(kernels_.distance(residual, table_.weights(), stride_));
    if (open.size() == 1) return last(open[0], residual);
    if (!goes_on()) {
      complete_ = false;
      return;
    }
    // Schedules whose bound, at these prices, reaches the best distance can be left out. The agent with the least that
    // remain is branched on.
    std::vector<double> losses, fewest;
    std::uint32_t agent = open[0];
    double least = std::numeric_limits<double>::infinity();
    for (const std::uint32_t i : open) {
      const ScheduleRows& rows = table_.rows(i);
      losses.resize(rows.count);
      double most = -std::numeric_limits<double>::infinity();
      for (std::uint32_t k = 0; k < rows.count; ++k) {
        double product = 0;
        const double* const row = table_.row(i, k);
        for (std::uint32_t t = 0; t < stride_; ++t) product += prices[t] * row[t];
        losses[k] = product;
        most = std::max(most, product);
      }
      result_.evaluated += rows.count;
      // Counts what remains; those nearly left out count less.
      double remaining = 0;
      for (double& loss : losses) {
        loss = most - loss;
        if (bound + loss - error_ < upper_) remaining += 1 - 0.9 * loss / (upper_ - bound + error_);
      }
      if (remaining < least) {
        least = remaining;
        agent = i;
        fewest = losses;
      }
    }
    std::vector<std::uint32_t> order(fewest.size());
    for (std::uint32_t k = 0; k < order.size(); ++k) order[k] = k;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return fewest[a] < fewest[b] || (fewest[a] == fewest[b] && a < b);
    });
    std::vector<std::uint32_t> rest;
    for (const std::uint32_t i : open)
      if (i != agent) rest.push_back(i);
    Array<double> left(stride_), own(stride_);
    for (const std::uint32_t k : order) {
      double below = bound + fewest[k];
      if (below - error_ >= upper_) return;  // and so are those after it
      if (!goes_on()) {
        complete_ = false;
        return;
      }
      std::copy_n(residual, stride_, left.data());
      kernels_.subtract(left.data(), table_.row(agent, k), stride_);
      std::copy_n(prices, stride_, own.data());
      if (rest.size() > 1) {
        below = std::max(below, ascend(rest, left.data(), own.data(), at_node));
      }
      current_[agent] = k;
      if (below - error_ < upper_) branch(rest, left.data(), own.data(), value(rest, left.data(), own.data()));
    }
  }

  /// One agent is left: its best reply.
  void last(std::uint32_t agent, const double* residual) {
    const Nearest best = kernels_.nearest(table_.rows(agent), residual, upper_, scratch_.data());
    result_.evaluated += table_.rows(agent).count;
    if (best.index == no_schedule) return;
    current_[agent] = best.index;
    leaf(best.distance);
  }
  void leaf(double distance) {
    if (distance >= upper_) return;
    upper_ = distance;
    best_ = current_;
    result_.improved = true;
  }

  const ScheduleTable& table_;
  const ScheduleKernels& kernels_;
  const SelectionBoundOptions& options_;
  std::vector<std::uint32_t>& best_;
  std::vector<std::uint32_t> current_;
  std::uint32_t stride_;
  std::vector<std::uint32_t> chosen_;  // by agent: what it would take at the trial prices
  Array<double> direction_, trial_, base_;
  Array<float> scratch_;
  double upper_ = 0, error_ = 0, last_ = 0;
  std::uint64_t limit_ = 0;
  bool complete_ = false;
  SelectionBound result_;
};

}  // namespace

std::uint64_t usual_bound_work(const ScheduleTable& table) {
  std::uint64_t schedules = 0;
  for (std::uint32_t i = 0; i < table.agents(); ++i) schedules += table.rows(i).count;
  // About a second: short schedules are soon evaluated.
  return std::max<std::uint64_t>(60'000'000ull * 96 / std::clamp(table.stride(), 24u, 96u), 50 * schedules);
}

SelectionBound bound_selections(const ScheduleTable& table, std::vector<std::uint32_t>& choice,
                                const SelectionBoundOptions& options) {
  return Prover(table, choice, options).run();
}

}  // namespace entente::kernel
