// SPDX-License-Identifier: MIT
// Structure first: connected parts one by one, each by a short search, by elimination if that fits, or by a long
// search.
#include "kernel/exact/minimise.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>

#include "kernel/exact/bucket_elimination.hpp"
#include "kernel/exact/core_network.hpp"
#include "kernel/exact/elimination_order.hpp"
#include "kernel/exact/part_search.hpp"

namespace entente {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// Search looks at no fewer cells than this before elimination has its turn, and at no more than this share of those
// that elimination would look at.
constexpr double least_search = 1e5, search_share = 0.125;
// Elimination takes longer than anybody would wait.
constexpr double most_cells = 1e12;
constexpr auto between_reports = std::chrono::milliseconds(5);

/// A connected part on its way to its optimum.
struct Part {
  CoreNetwork core;  // numbered against the order of elimination
  EliminationOrder order;
  std::unique_ptr<PartSearch> search;
  double bound = 0;
  bool done = false;
};

class Minimiser {
 public:
  Minimiser(const CostNetwork& network, const MinimiseOptions& options)
      : network_(network), options_(options), unit_(choose_unit(network)) {}

  MinimiseResult run() {
    CoreParts core = make_core(network_, unit_);
    constant_ = core.constant;
    limit_ = whole_limit();
    if (constant_ >= limit_) return finish(true);
    for (CoreNetwork& part : core.parts) add(std::move(part));
    std::ranges::stable_sort(parts_, {}, [](const Part& part) { return part.order.cells; });
    take_start();
    report();
    for (Part& part : parts_) {
      solve(part);
      if (part.done && part.search->best().empty()) return finish(true);
      if (ended()) break;
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
    EliminationOrder order = elimination_order(core);
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

  // What the assignment known beforehand costs each part.
  void take_start() {
    for (Part& part : parts_) {
      part.search = std::make_unique<PartSearch>(part.core, options_.memory / 2);
      part.bound = part.search->bound();
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
    const double share = std::max(least_search, search_share * part.order.cells);
    const bool eliminate = part.order.cells <= most_cells && can_eliminate(part.core, part.order, options_.memory / 2);
    const auto search = [&](double until) {
      part.search->run([&] {
        part.bound = std::max(part.bound, part.search->bound());
        return static_cast<double>(part.search->work()) >= until || watch();
      });
      part.bound = std::max(part.bound, std::min(part.search->bound(), part.search->best_cost()));
      part.done = part.search->done();
    };
    current_ = &part;
    search(eliminate ? share : infinity);
    if (part.done || ended()) return;
    const BucketResult result = eliminate_buckets(part.core, part.order, options_.memory / 2, options_.stop);
    work_ += static_cast<std::uint64_t>(part.order.cells);
    if (!result.finished) return;
    if (!result.assignment.empty()) part.search->offer(result.assignment, result.cost);
    part.bound = std::max(part.bound, result.assignment.empty() ? infinity : result.cost);
    part.done = true;
  }

  double bound() const {
    double sum = constant_;
    for (const Part& part : parts_) sum += part.bound;
    return sum;
  }

  bool ended() { return stopped_; }

  // Asked at every node: whether to stop.
  bool watch() {
    if (stopped_) return true;
    if (work_ + current_->search->work() >= options_.work || options_.stop.raised()) stopped_ = true;
    return stopped_;
  }

  std::vector<ValueIndex> assignment() const {
    std::vector<ValueIndex> values(network_.sizes.size(), 0);
    for (const Part& part : parts_) {
      if (part.search->best().empty()) return {};
      for (std::size_t i = 0; i < part.core.variables.size(); ++i)
        values[part.core.variables[i]] = part.search->best()[i];
    }
    return values;
  }

  void report() {}

  MinimiseResult finish(bool infeasible) {
    MinimiseResult result;
    result.work = work_;
    for (const Part& part : parts_) {
      if (!part.search) continue;
      result.nodes += part.search->nodes();
      result.work += part.search->work();
    }
    result.justification.resize(network_.functions.size());
    std::iota(result.justification.begin(), result.justification.end(), 0);
    const bool done = !infeasible && std::ranges::all_of(parts_, &Part::done);
    if (!infeasible) {
      const bool complete = std::ranges::none_of(parts_, [](const Part& part) { return part.search->best().empty(); });
      if (complete) {
        result.assignment = assignment();
        result.cost = network_cost(network_, result.assignment);
        if (!(result.cost < network_.limit) &&
            !(result.cost == network_.limit && network_.limit == infinity && false)) {
          result.assignment.clear();
          result.cost = infinity;
          infeasible = done;
        }
      }
    }
    if (infeasible) {
      result.status = MinimiseResult::Status::infeasible;
      result.bound = infinity;
      return result;
    }
    result.bound = done ? result.cost : std::min(result.cost, std::max(bound() / unit_.per_cost, options_.known_bound));
    if (done || result.cost <= options_.known_bound) result.status = MinimiseResult::Status::optimal;
    return result;
  }

  const CostNetwork& network_;
  const MinimiseOptions& options_;
  CostUnit unit_;
  double constant_ = 0, limit_ = infinity;
  std::vector<Part> parts_;
  Part* current_ = nullptr;
  std::uint64_t work_ = 0;
  bool stopped_ = false;
};

}  // namespace

MinimiseResult minimise(const CostNetwork& network, const MinimiseOptions& options) {
  return Minimiser(network, options).run();
}

}  // namespace entente
