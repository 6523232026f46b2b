// SPDX-License-Identifier: MIT
#include "entente/runtime/consensus_network.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"
#include "kernel/consensus/combine.hpp"
#include "runtime/consensus_parts.hpp"
#include "runtime/row_cycles.hpp"

namespace entente {
namespace runtime {

Mixing::Mixing(const ConsensusTopology& topology, WeightRule rule, double alpha, std::size_t width) {
  combination.first = topology.first().data();
  combination.heard = topology.heard().data();
  combination.width = width;
  const std::uint32_t n = topology.participants(), degree = n ? topology.degree(0) : 0;
  bool regular = !topology.directed();
  for (std::uint32_t i = 0; i < n && regular; ++i) regular = topology.degree(i) == degree;
  if (regular) {
    // Then all links weigh the same under every rule.
    const double closed = degree + 1.0;
    combination.degree = degree;
    combination.common = alpha * link_weight(rule, degree, degree, degree, closed * closed);
    return;
  }
  link = combination_weights(topology, rule).link;
  for (double& weight : link) weight *= alpha;
  combination.link = link.data();
}

}  // namespace runtime

namespace {

using kernel::larger;
using runtime::Mixing;
using runtime::RowCycles;

/// One run: its inputs, and how it decides whether all agree.
class Run {
 public:
  Run(const ConsensusTopology& topology, std::span<const double> initial, std::size_t width,
      const ConsensusOptions& options, const ConsensusGradient& gradient)
      : topology_(topology), initial_(initial), width_(width), options_(options), gradient_(gradient) {
    check();
    ConsensusComponents parts = components_of(topology);
    result_.component = std::move(parts.of);
    result_.components = parts.count;
  }

  ConsensusResult run() {
    result_.values.assign(initial_.begin(), initial_.end());
    result_.spread = spread();
    if (n() == 0) result_.converged = true;
    if (n() == 0 || width_ == 0) return std::move(result_);
    switch (options_.method) {
      case ConsensusMethod::averaging: average(); break;
      case ConsensusMethod::push_sum: options_.loss > 0 ? push_running_sums() : push_shares(); break;
      default: diffuse();
    }
    result_.spread = spread();
    result_.messages = result_.cycles * topology_.heard().size();
    return std::move(result_);
  }

 private:
  std::uint32_t n() const { return topology_.participants(); }
  bool diffuses() const {
    return options_.method != ConsensusMethod::averaging && options_.method != ConsensusMethod::push_sum;
  }
  double spread() const {
    return kernel::spread(result_.values.data(), n(), width_, result_.component.data(), result_.components);
  }

  void check() const {
    const auto wrong = [](const std::string& text) { throw Error(ErrorCode::wrong_use, text); };
    if (initial_.size() != std::size_t(n()) * width_)
      wrong("initial: " + std::to_string(initial_.size()) + " numbers; expected " + std::to_string(n()) +
            " participants x " + std::to_string(width_));
    if (!(options_.alpha > 0 && options_.alpha <= 1))
      wrong("alpha: " + std::to_string(options_.alpha) + " is outside (0, 1]");
    if (!(options_.step > 0) || std::isinf(options_.step))
      wrong("step: " + std::to_string(options_.step) + " is not above 0");
    if (!(options_.loss >= 0 && options_.loss < 1))
      wrong("loss: " + std::to_string(options_.loss) + " is outside [0, 1)");
    if (!(options_.tolerance >= 0)) wrong("tolerance: " + std::to_string(options_.tolerance) + " is below 0");
    if (topology_.directed() && options_.method != ConsensusMethod::push_sum)
      wrong("directed links: only push-sum finds a mean over them; this method needs to be heard by whom it hears");
    if (options_.loss > 0 && options_.method != ConsensusMethod::push_sum)
      wrong("loss: only push-sum bears lost messages");
    if (diffuses() != bool(gradient_))
      wrong(diffuses() ? "diffusion needs the gradient of each participant's cost"
                       : "averaging and push-sum take no gradient; to minimise costs use diffusion");
    for (std::size_t at = 0; at < initial_.size(); ++at)
      if (!std::isfinite(initial_[at]))
        throw Error(ErrorCode::bad_input, "initial: number " + std::to_string(at % width_) + " of participant " +
                                              std::to_string(at / width_) + " is not finite");
  }

  bool out_of_time(std::uint64_t cycles) const {
    return cycles >= options_.max_cycles || (options_.interrupt && options_.interrupt->load(std::memory_order_relaxed));
  }

  /// Runs cycles until all agree; `show` writes everybody's estimate to result_.values.
  template <class Show>
  void until_agreed(RowCycles& cycles, const RowCycles::Step& step, Show&& show) {
    // Looking at all takes a sweep of its own, so it is done only where little moves, and then not in each cycle.
    constexpr std::uint64_t seldom = 8;
    const auto agreed = [&] {
      show();
      return spread() <= options_.tolerance;
    };
    if ((result_.converged = agreed()) || options_.max_cycles == 0) return;
    bool quiet = false;
    result_.cycles = cycles.run(step, [&](std::uint64_t count, double change) {
      result_.change = change;
      const bool first = change <= options_.tolerance && !std::exchange(quiet, change <= options_.tolerance);
      if (change <= options_.tolerance && (first || count % seldom == 0) && agreed()) result_.converged = true;
      return result_.converged || std::isnan(change) || out_of_time(count);
    });
    if (!result_.converged) result_.converged = agreed();
  }

  void average() {
    const bool ratio = !is_symmetric(options_.weights);
    const std::size_t width = width_ + ratio;
    const Mixing mixing(topology_, options_.weights, options_.alpha, width);
    RowCycles cycles(n(), width, options_.threads);
    std::vector<double> scale;
    if (ratio) {
      scale = perron_vector(topology_, options_.weights);
      for (double& p : scale) p = 1 / (p * n());
    }
    for (std::size_t i = 0; i < n(); ++i) {
      double* const row = cycles.said() + i * width;
      for (std::size_t t = 0; t < width_; ++t) row[t] = initial_[i * width_ + t] * (ratio ? scale[i] : 1);
      if (ratio) row[width_] = scale[i];
    }
    until_agreed(
        cycles,
        [&](std::uint64_t, std::uint32_t low, std::uint32_t high) {
          return kernel::combine(mixing.combination, cycles.said(), cycles.saying(), low, high);
        },
        [&] { ratio ? show_ratios(cycles.said()) : void(std::copy_n(cycles.said(), n() * width_, values())); });
  }

  double* values() { return result_.values.data(); }
  void show_ratios(const double* rows) {
    for (std::size_t i = 0; i < n(); ++i)
      for (std::size_t t = 0; t < width_; ++t)
        values()[i * width_ + t] = rows[i * (width_ + 1) + t] / rows[i * (width_ + 1) + width_];
  }
  /// Everybody's numbers and a weight of 1, as rows; what each will say to each of its hearers, itself included.
  void fill_shares(double* rows) {
    for (std::size_t i = 0; i < n(); ++i) {
      const double parts = topology_.out_degree(std::uint32_t(i)) + 1.0;
      for (std::size_t t = 0; t < width_; ++t) rows[i * (width_ + 1) + t] = initial_[i * width_ + t] / parts;
      rows[i * (width_ + 1) + width_] = 1 / parts;
    }
  }

  void push_shares() {
    const std::size_t width = width_ + 1;
    RowCycles cycles(n(), width, options_.threads);
    fill_shares(cycles.said());
    until_agreed(
        cycles,
        [&](std::uint64_t, std::uint32_t low, std::uint32_t high) {
          double change = 0;
          for (std::uint32_t i = low; i < high; ++i) {
            const double* const own = cycles.said() + i * width;
            double* const next = cycles.saying() + i * width;
            std::copy_n(own, width, next);
            for (const std::uint32_t j : topology_.heard_by(i))
              for (std::size_t t = 0; t < width; ++t) next[t] += cycles.said()[j * width + t];
            for (std::size_t t = 0; t < width_; ++t)
              change = larger(change, next[t] / next[width_] - own[t] / own[width_]);
            for (std::size_t t = 0; t < width; ++t) next[t] /= topology_.out_degree(i) + 1.0;
          }
          return change;
        },
        [&] { show_ratios(cycles.said()); });
  }

  void push_running_sums() {
    const std::size_t width = width_ + 1;
    RowCycles cycles(n(), width, options_.threads);  // sums of all shares that each has given to each hearer
    Array<double> mass(n() * width), heard(topology_.heard().size() * width);
    fill_shares(mass.data());
    std::copy_n(mass.data(), mass.size(), cycles.said());
    until_agreed(
        cycles,
        [&](std::uint64_t cycle, std::uint32_t low, std::uint32_t high) {
          double change = 0;
          const std::uint64_t salt = mix(mix(options_.seed) ^ cycle);
          for (std::uint32_t i = low; i < high; ++i) {
            double *const own = mass.data() + i * width, *const say = cycles.saying() + i * width;
            const double weight = own[width_];
            for (std::size_t t = 0; t < width_; ++t) say[t] = own[t] / weight;
            for (std::uint32_t e = topology_.first()[i]; e < topology_.first()[i + std::size_t(1)]; ++e) {
              if (unit(salt, e, 0) < options_.loss) continue;
              const double* const sum = cycles.said() + topology_.heard()[e] * width;
              for (std::size_t t = 0; t < width; ++t) own[t] += sum[t] - std::exchange(heard[e * width + t], sum[t]);
            }
            for (std::size_t t = 0; t < width_; ++t) change = larger(change, own[t] / own[width_] - say[t]);
            for (std::size_t t = 0; t < width; ++t) {
              own[t] /= topology_.out_degree(i) + 1.0;
              say[t] = cycles.said()[i * width + t] + own[t];
            }
          }
          return change;
        },
        [&] { show_ratios(mass.data()); });
  }

  void diffuse() {
    const bool exact = options_.method == ConsensusMethod::exact_diffusion;
    const bool adapts_first = options_.method == ConsensusMethod::adapt_then_combine;
    const Mixing mixing(topology_, options_.weights, exact ? 0.5 : 1, width_);
    RowCycles cycles(n(), width_, options_.threads);
    Array<double> before(exact ? n() * width_ : 0);
    std::vector<double> steps(n(), options_.step);
    if (!is_symmetric(options_.weights)) {
      // Whose numbers weigh less takes longer steps; sizes of components matter as p adds up to 1 in each.
      std::vector<std::uint32_t> size(result_.components);
      for (const std::uint32_t c : result_.component) ++size[c];
      const std::vector<double> p = perron_vector(topology_, options_.weights);
      for (std::uint32_t i = 0; i < n(); ++i) steps[i] /= p[i] * size[result_.component[i]];
    }
    // values() holds x; what is said is x after its step (and corrected), or x itself.
    const auto speak = [&](std::uint32_t i, double* say, bool first, std::vector<double>& slope) {
      const double* const x = values() + i * width_;
      if (options_.method == ConsensusMethod::combine_then_adapt) return void(std::copy_n(x, width_, say));
      slope.assign(width_, 0);
      gradient_(i, {x, width_}, slope);
      const std::vector<double> step(width_, steps[i]);
      if (exact)
        kernel::correct(x, slope.data(), step.data(), before.data() + i * width_, say, width_, first);
      else
        for (std::size_t t = 0; t < width_; ++t) say[t] = x[t] - steps[i] * slope[t];
    };
    std::vector<double> slope;
    for (std::uint32_t i = 0; i < n(); ++i) speak(i, cycles.said() + i * width_, true, slope);
    const auto step = [&](std::uint64_t, std::uint32_t low, std::uint32_t high) {
      std::vector<double> mine, old;
      double change = 0;
      // Rows are combined into the plane that is written, taken from there, and what is said is put in their place.
      kernel::combine(mixing.combination, cycles.said(), cycles.saying(), low, high);
      for (std::uint32_t i = low; i < high; ++i) {
        double *const x = values() + i * width_, *const say = cycles.saying() + i * width_;
        old.assign(x, x + width_);
        std::copy_n(say, width_, x);
        if (!exact && !adapts_first) {
          mine.assign(width_, 0);
          gradient_(i, {say, width_}, mine);
          for (std::size_t t = 0; t < width_; ++t) x[t] -= steps[i] * mine[t];
        }
        for (std::size_t t = 0; t < width_; ++t) change = larger(change, x[t] - old[t]);
        speak(i, say, false, mine);
      }
      return change;
    };
    if (options_.max_cycles == 0) return;
    result_.cycles = cycles.run(step, [&](std::uint64_t count, double change) {
      result_.change = change;
      result_.converged = change <= options_.tolerance && (!exact || spread() <= options_.tolerance);
      return result_.converged || std::isnan(change) || out_of_time(count);
    });
  }

  const ConsensusTopology& topology_;
  std::span<const double> initial_;
  std::size_t width_;
  const ConsensusOptions& options_;
  const ConsensusGradient& gradient_;
  ConsensusResult result_;
};

}  // namespace

ConsensusResult run_consensus(const ConsensusTopology& topology, std::span<const double> initial, std::size_t width,
                              const ConsensusOptions& options, const ConsensusGradient& gradient) {
  return Run(topology, initial, width, options, gradient).run();
}

}  // namespace entente
