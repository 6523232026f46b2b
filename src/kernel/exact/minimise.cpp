// SPDX-License-Identifier: MIT
// Structure first: connected parts one by one, each by a short search, by elimination if that fits, or by a long
// search.
#include "kernel/exact/minimise.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <numeric>

#include "kernel/exact/bucket_elimination.hpp"
#include "kernel/exact/core_network.hpp"
#include "kernel/exact/descent.hpp"
#include "kernel/exact/elimination_order.hpp"
#include "kernel/exact/part_search.hpp"

namespace entente {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// Search looks at no fewer cells than this before elimination has its turn, and at no more than this share of those
// that elimination would look at.
constexpr double least_search = 2e6, search_share = 0.25;
// Elimination takes longer than anybody would wait.
constexpr double most_cells = 1e12;
// Rises of the bound that are not worth working for, as a share of all costs.
constexpr double crumb = 1e-7;
constexpr auto between_reports = std::chrono::milliseconds(5);

/// A connected part on its way to its optimum.
struct Part {
  CoreNetwork core;  // numbered against the order of elimination
  CoreOrder order;
  std::unique_ptr<PartSearch> search;
  double bound = 0;
  bool done = false, eliminated = false;
};

class Minimiser {
 public:
  Minimiser(const CostNetwork& network, const MinimiseOptions& options)
      : network_(network), options_(options), unit_(choose_unit(network)) {}

  MinimiseResult run() {
    CoreParts core = make_core(network_, unit_);
    constant_ = core.constant;
    alone_ = std::move(core.alone);
    paid_ = std::move(core.paid);
    limit_ = whole_limit();
    if (constant_ >= limit_) return finish(true);
    for (CoreNetwork& part : core.parts) add(std::move(part));
    std::ranges::stable_sort(parts_, {}, [](const Part& part) { return part.order.cells; });
    begin();
    for (Part& part : parts_) {
      part_cost_ = infinity;
      solve(part);
      if (part.done && part.search->best().empty()) return finish(true);
      work_ += part.search->work();
      current_ = nullptr;
      if (stopped_) break;
    }
    return finish(false);
  }

 private:
  double whole_limit() const {
    if (network_.limit == infinity) return infinity;
    const double limit = network_.limit * unit_.per_cost, near = std::round(limit);
    return std::abs(limit - near) <= 1e-9 * std::max(1.0, std::abs(limit)) ? near : std::ceil(limit);
  }

  void add(CoreNetwork core) {
    Part& part = parts_.emplace_back();
    CoreOrder order = elimination_order(core);
    std::ranges::reverse(order.order);
    part.core = renumber(std::move(core), order.order);
    // The order and its separators, by new numbers.
    const auto n = static_cast<std::uint32_t>(order.order.size());
    std::vector<std::uint32_t> place(n);
    for (std::uint32_t i = 0; i < n; ++i) place[order.order[i]] = i;
    part.order = order;
    part.order.separator.assign(n, {});
    for (std::uint32_t v = 0; v < n; ++v) {
      part.order.order[v] = n - 1 - v;
      for (const std::uint32_t w : order.separator[v]) part.order.separator[place[v]].push_back(place[w]);
    }
  }

  // Makes the searches and tells them what the assignment known beforehand costs each part.
  void begin() {
    for (Part& part : parts_) {
      part.search = std::make_unique<PartSearch>(part.core, options_.memory / 2);
      part.bound = part.search->bound();
      part.search->set_least_rise(crumb * unit_.sum);
      const Descent quick = descend(part.core, (options_.work - std::min(work_, options_.work)) / 2);
      work_ += quick.work;
      part.search->offer(quick.assignment, quick.cost);
    }
    if (options_.start.size() != network_.sizes.size()) return;
    std::vector<ValueIndex> values;
    for (Part& part : parts_) {
      values.clear();
      for (const std::uint32_t v : part.core.variables) values.push_back(options_.start[v]);
      part.search->offer(values, part.core.cost(values));
    }
  }

  void solve(Part& part) {
    part.search->set_top(limit_ - (bound() - part.bound));
    current_ = &part;
    const bool fits = part.order.cells <= most_cells && can_eliminate(part.core, part.order, options_.memory / 2);
    if (fits) {
      search(part, static_cast<std::uint64_t>(std::max(least_search, search_share * part.order.cells)));
      if (part.done || stopped_ || eliminate(part)) return;
    }
    search(part, std::numeric_limits<std::uint64_t>::max());
  }

  void search(Part& part, std::uint64_t work) {
    part.search->run([this] { return watch(); }, work);
    part.done = part.search->done();
    stopped_ |= part.search->exhausted();
    part.bound = std::max(part.bound, part.done ? part.search->best_cost() : part.search->bound());
  }

  // False if that would take more work than is allowed.
  bool eliminate(Part& part) {
    const auto cells = static_cast<std::uint64_t>(part.order.cells);
    if (cells > options_.work || work() > options_.work - cells) return false;
    const BucketResult result = eliminate_buckets(part.core, part.order, options_.memory / 2, options_.stop);
    work_ += cells;
    stopped_ = !result.finished;
    if (stopped_) return true;
    if (!result.assignment.empty()) part.search->offer(result.assignment, result.cost);
    part.bound = std::max(part.bound, part.search->best_cost());
    part.done = part.eliminated = true;
    return true;
  }

  double bound() const {
    double sum = constant_;
    for (const Part& part : parts_) sum += part.bound;
    return sum;
  }

  std::uint64_t work() const { return work_ + (current_ != nullptr ? current_->search->work() : 0); }

  // Asked at every node: whether to stop.
  bool watch() {
    if (stopped_) return true;
    Part& part = *current_;
    if (const double bound = std::min(part.search->bound(), part.search->best_cost()); bound > part.bound) {
      part.bound = bound;
      look_ = true;
    }
    if (part.search->best_cost() < part_cost_) {
      part_cost_ = part.search->best_cost();
      look_ = true;
    }
    if (look_) look();
    if (work() >= options_.work || options_.stop.raised()) stopped_ = true;
    return stopped_;
  }

  // Bound or cost got better.
  void look() {
    look_ = false;
    take_assignment();
    const double low = std::max(known(bound()), options_.known_bound);
    if (cost_ < infinity && (cost_ <= low || cost_ - low <= options_.gap * std::max(std::abs(cost_), std::abs(low))))
      stopped_ = true;
    if (!options_.on_progress) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - reported_ < between_reports) {
      look_ = true;  // later
      return;
    }
    reported_ = now;
    options_.on_progress({low, cost_, assignment_});
  }

  // A whole number of units as a lower bound in the network's own costs.
  double known(double units) const {
    const double bound = units / unit_.per_cost;
    return unit_.exact && unit_.per_cost == 1 ? bound : bound - 1e-14 * std::abs(bound);
  }

  // The parts' best assignments make the best known.
  void take_assignment() {
    if (std::ranges::any_of(parts_, [](const Part& part) { return part.search->best().empty(); })) return;
    std::vector<ValueIndex> values = alone_;
    for (const Part& part : parts_)
      for (std::size_t i = 0; i < part.core.variables.size(); ++i)
        values[part.core.variables[i]] = part.search->best()[i];
    const double cost = network_cost(network_, values);
    if (!(cost < cost_) || !(cost < network_.limit)) return;
    cost_ = cost;
    assignment_ = std::move(values);
  }

  MinimiseResult finish(bool infeasible) {
    MinimiseResult result;
    result.work = work();
    for (const Part& part : parts_)
      if (part.search) result.nodes += part.search->nodes();
    if (!infeasible) take_assignment();
    const bool done = std::ranges::all_of(parts_, &Part::done);
    if (infeasible || (done && cost_ == infinity)) {
      result.status = MinimiseResult::Status::infeasible;
      result.bound = infinity;
      result.justification = payers();
      return result;
    }
    result.assignment = std::move(assignment_);
    result.cost = cost_;
    result.bound = std::min(result.cost, done ? infinity : std::max(known(bound()), options_.known_bound));
    if (options_.known_bound > known(bound())) {
      result.justification.resize(network_.functions.size());
      std::iota(result.justification.begin(), result.justification.end(), 0);
    } else {
      result.justification = payers();
    }
    if (result.bound == result.cost) result.status = MinimiseResult::Status::optimal;
    return result;
  }

  // The functions that had a part in the bound.
  std::vector<std::uint32_t> payers() const {
    std::vector<bool> paid(network_.functions.size(), false);
    for (const std::uint32_t f : paid_) paid[f] = true;
    for (const Part& part : parts_)
      for (std::uint32_t f = 0; f < part.core.functions.size(); ++f)
        if (part.eliminated || (part.search && part.search->is_used(f)))
          for (const std::uint32_t source : part.core.functions[f].sources) paid[source] = true;
    std::vector<std::uint32_t> list;
    for (std::uint32_t f = 0; f < paid.size(); ++f)
      if (paid[f]) list.push_back(f);
    return list;
  }

  const CostNetwork& network_;
  const MinimiseOptions& options_;
  CostUnit unit_;
  double constant_ = 0, limit_ = infinity;
  std::vector<Part> parts_;
  Part* current_ = nullptr;
  std::vector<ValueIndex> alone_, assignment_;
  std::vector<std::uint32_t> paid_;  // by the constant
  double cost_ = infinity;           // of `assignment_`
  double part_cost_ = infinity;      // of the current part, when last looked
  std::uint64_t work_ = 0;           // of elimination, and of parts that are done
  bool stopped_ = false, look_ = true;
  std::chrono::steady_clock::time_point reported_{};
};

}  // namespace

MinimiseResult minimise(const CostNetwork& network, const MinimiseOptions& options) {
  return Minimiser(network, options).run();
}

}  // namespace entente
