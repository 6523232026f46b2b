// SPDX-License-Identifier: MIT
// LSGA-DSA: a genetic algorithm around DSA.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/graph/pseudotree.hpp"
#include "kernel/ranked_cost.hpp"

namespace entente::algorithms {
namespace {

/// A population of assignments, each of which DSA improves; from time to time, the variables around a centre take over
/// each other's assignments, good ones more often, and poor ones mutate.
///
/// An individual is one complete assignment; a variable holds its own value in each. A cycle begins at the root of a
/// tree, which the costs of all individuals go up, so that the best individual of all cycles is known and decided on.
///
/// Cost  O(population * degree * |domain|) time per variable and cycle; per neighbour a message of 4 bytes per
///       individual, and 16 per individual to the parent.
/// From  Chen, Liu, He & Yu, "A genetic algorithm based framework for local search algorithms for distributed
///       constraint optimization problems", Autonomous Agents and Multi-Agent Systems 34 (2020) 41. Chosen here: the
///       forms of fitness, of the chance to cross (ln(G - g) / sqrt(G) at generation g of G) and to mutate, and that a
///       centre has the largest product of degree and a draw among its neighbours.
struct LsgaDsa {
  static constexpr Info info{.name = "lsga_dsa",
                             .summary = "genetic algorithm whose individuals are assignments that DSA improves",
                             .graph = Graph::pseudotree,
                             .timing = Timing::events,
                             .monotone = true,
                             .source = "Chen, Liu, He & Yu, Autonomous Agents and Multi-Agent Systems 34 (2020) 41"};

  struct Params {
    std::int64_t population = 10;
    double probability = 0.4;
    double mutation = 0.02;
    std::int64_t period = 10;
    std::int64_t cycles = 800;
  };
  static constexpr auto parameters =
      std::tuple{integer("population", &Params::population, 1, 10'000, "individuals"),
                 real("probability", &Params::probability, 0.0, 1.0, "chance of a move that gains"),
                 real("mutation", &Params::mutation, 0.0, 1.0, "chance that the poorest individual mutates, at first"),
                 integer("period", &Params::period, 3, 1'000'000'000, "cycles from one generation to the next"),
                 integer("cycles", &Params::cycles, 1, 1'000'000'000, "cycles after which the run ends")};

  struct Step {           // from parent to child: begin a cycle
    std::int32_t best;    // the individual of the cycle before that is the best so far, or -1
    std::uint8_t ending;  // there is no further cycle
    bool fits(const MessageGround& at) const { return at.from_parent(); }
  };
  struct Values {
    std::vector<ValueIndex> values;        // by individual
    double rank;                           // of this generation: the highest around are centres
    std::vector<std::uint32_t> ancestors;  // of a centre: whom each individual takes over; else empty
    bool fits(const MessageGround& at) const {
      return at.linked() && at.cost(rank) && std::ranges::all_of(values, [&](ValueIndex v) { return at.told(v); });
    }
  };
  struct Costs {  // of a subtree, by individual
    std::vector<double> violations, costs;
    bool fits(const MessageGround& at) const { return at.from_child() && at.costs(violations) && at.costs(costs); }
  };
  using Messages = Kinds<Step, Values, Costs>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    for (std::int64_t p = 0; p < self.params().population; ++p)
      values_.push_back(p == 0 ? self.initial_value() : self.random_value());
    value = values_[0];
    told_.resize(self.degree());
    coming_.resize(self.degree());
    find_places(self);
    tell(self);
    if (is_root(self)) self.every(pace, pace);
    end_exchange(self);
  }

  /// The root begins the next cycle if the last one has come to its end.
  void tick(Agent auto& self) {
    if (!complete_) return;
    complete_ = false;
    std::int32_t best = -1;
    for (std::size_t p = 0; p < sums_.size(); ++p) {
      if (have_best_ && !(sums_[p] < best_)) continue;
      best_ = sums_[p];
      have_best_ = true;
      best = std::int32_t(p);
    }
    const bool ending = cycle_ >= self.params().cycles;
    if (ending) self.rest();
    begin(self, Step{best, ending});
  }

  void receive(Agent auto& self, ComputationId, const Step& step) {
    self.demand(!stepped_ && !exchanged_ && step.best < std::int64_t(values_.size()));
    begin(self, step);
  }
  void receive(Agent auto& self, ComputationId from, Values&& values) {
    self.demand(values.values.size() == values_.size());
    coming_[self.position(from)] = std::move(values);
    ++heard_;
    end_exchange(self);
  }
  void receive(Agent auto& self, ComputationId, const Costs& costs) {
    self.demand(costs.violations.size() == values_.size() && costs.costs.size() == values_.size());
    below_.resize(values_.size());
    for (std::size_t p = 0; p < values_.size(); ++p) below_[p] += {costs.violations[p], costs.costs[p]};
    ++counted_;
    pass_up(self);
  }

 private:
  static constexpr double pace = 1e-3;  // least seconds from one cycle to the next

  struct Place {  // a constraint of this variable
    ConstraintId constraint;
    std::vector<Neighbour> members;  // in scope order; degree() stands for oneself
    bool in_charge;                  // this variable accounts for its cost
  };

  static bool is_root(Agent auto& self) { return self.tree().parent[self.id()] == no_id; }

  void find_places(Agent auto& self) {
    const auto mine = self.tree().constraints[self.id()];
    for (const ConstraintId c : self.problem().constraints_of(self.id())) {
      Place place{c, {}, std::find(mine.begin(), mine.end(), c) != mine.end()};
      for (const VariableId v : self.problem().scope(c))
        place.members.push_back(v == self.id() ? self.degree() : self.position(v));
      places_.push_back(std::move(place));
    }
  }
  RankedCost cost_at(Agent auto& self, const Place& place, std::size_t individual, ValueIndex own) {
    tuple_.clear();
    for (const Neighbour k : place.members) tuple_.push_back(k == self.degree() ? own : told_[k].values[individual]);
    return RankedCost::of(self.cost(place.constraint, tuple_));
  }
  static RankedCost own_cost(Agent auto& self, ValueIndex own) {
    const auto costs = self.problem().unary_costs(self.id());
    return costs.empty() ? RankedCost{} : RankedCost::of(self.working(costs[std::size_t(own)]));
  }
  RankedCost local_cost(Agent auto& self, std::size_t individual, ValueIndex own) {
    RankedCost sum = own_cost(self, own);
    for (const Place& place : places_) sum += cost_at(self, place, individual, own);
    return sum;
  }

  // The cycle.

  void begin(Agent auto& self, const Step& step) {
    if (step.best >= 0) value = values_[std::size_t(step.best)];
    for (const ComputationId child : self.tree().children[self.id()]) self.send(child, step);
    if (step.ending) return;
    ++cycle_;
    stepped_ = true;
    counted_ = 0;
    below_.assign(values_.size(), {});
    if (!follow_.empty())
      cross();
    else
      for (std::size_t p = 0; p < values_.size(); ++p) improve(self, p);
    if (in_phase(self, 0)) mutate(self);
    tell(self);
    end_exchange(self);
  }
  /// DSA-A: a move that gains is made with a given chance; of several best values the first is taken.
  void improve(Agent auto& self, std::size_t individual) {
    const RankedCost now = local_cost(self, individual, values_[individual]);
    RankedCost least = now;
    ValueIndex best = values_[individual];
    for (ValueIndex v = 0; v < self.domain(); ++v) {
      const RankedCost cost = local_cost(self, individual, v);
      if (!(cost < least)) continue;
      least = cost;
      best = v;
    }
    if (best != values_[individual] && self.uniform() < self.params().probability) values_[individual] = best;
  }
  void tell(Agent auto& self) {
    if (in_phase(self, 0)) rank_ = double(self.degree()) * (1 - self.uniform());
    self.broadcast(Values{values_, rank_, ancestors_});
  }
  /// When all neighbours have told their values of this cycle, they are what the next step looks at.
  void end_exchange(Agent auto& self) {
    if (!stepped_ || heard_ < self.degree()) return;
    self.demand(std::ranges::all_of(coming_, [&](const Values& v) { return v.values.size() == values_.size(); }));
    stepped_ = false;
    heard_ = 0;
    std::swap(told_, coming_);
    if (in_phase(self, 0)) choose(self);
    if (in_phase(self, 1)) follow();
    exchanged_ = true;
    pass_up(self);
  }
  void pass_up(Agent auto& self) {
    if (!exchanged_ || counted_ < self.tree().children[self.id()].size()) return;
    exchanged_ = false;
    below_.resize(values_.size());
    sums_ = below_;
    for (std::size_t p = 0; p < values_.size(); ++p) {
      sums_[p] += own_cost(self, values_[p]);
      for (const Place& place : places_)
        if (place.in_charge) sums_[p] += cost_at(self, place, p, values_[p]);
    }
    if (is_root(self)) {
      complete_ = true;
      return;
    }
    Costs costs;
    for (const RankedCost& sum : sums_) {
      costs.violations.push_back(sum.violations);
      costs.costs.push_back(sum.cost);
    }
    self.send(self.tree().parent[self.id()], std::move(costs));
  }

  // A generation: in phase 0 centres are chosen, in phase 1 they tell whom each individual takes over, in phase 2 they
  // and their neighbours do so. In all other cycles DSA works alone.

  bool in_phase(Agent auto& self, std::int64_t phase) const { return cycle_ % self.params().period == phase; }
  /// The share of all cycles that is still to come.
  double remaining(Agent auto& self) const { return 1 - double(cycle_) / double(self.params().cycles); }
  std::vector<double> excess(Agent auto& self) {
    std::vector<RankedCost> costs;
    for (std::size_t p = 0; p < values_.size(); ++p) costs.push_back(local_cost(self, p, values_[p]));
    return excess_of(costs);
  }

  void mutate(Agent auto& self) {
    const std::vector<double> poor = excess(self);
    for (std::size_t p = 0; p < values_.size(); ++p)
      if (self.uniform() < self.params().mutation * remaining(self) * poor[p]) values_[p] = self.random_value();
  }
  void choose(Agent auto& self) {
    bool centre = rank_ > 0;
    for (const Values& neighbour : told_) centre &= rank_ > neighbour.rank;
    const double generations = std::max(1.0, double(self.params().cycles) / double(self.params().period));
    const double left = std::max(1.0, generations * remaining(self));
    if (centre && self.uniform() < std::log(left) / std::sqrt(generations)) ancestors_ = draw(self, excess(self));
  }
  /// Takes over the decision of the centre next to this variable, of the highest if there are several.
  void follow() {
    std::swap(follow_, ancestors_);
    ancestors_.clear();
    if (!follow_.empty()) return;  // this is a centre, and centres have no others next to them
    double highest = 0;
    for (Values& neighbour : told_) {
      if (neighbour.ancestors.size() != values_.size() || neighbour.rank <= highest) continue;
      highest = neighbour.rank;
      std::swap(follow_, neighbour.ancestors);
    }
  }
  void cross() {
    const std::vector<ValueIndex> before = values_;
    for (std::size_t p = 0; p < values_.size(); ++p) values_[p] = before[follow_[p] % before.size()];
    follow_.clear();
  }
  /// How far each cost is above the lowest, in shares of the largest such distance; a violation more is the farthest.
  static std::vector<double> excess_of(const std::vector<RankedCost>& costs) {
    const RankedCost least = *std::min_element(costs.begin(), costs.end());
    double largest = 0;
    for (const RankedCost& c : costs)
      if (c.violations == least.violations) largest = std::max(largest, c.cost - least.cost);
    std::vector<double> excess;
    for (const RankedCost& c : costs)
      excess.push_back(c.violations > least.violations ? 1 : largest > 0 ? (c.cost - least.cost) / largest : 0);
    return excess;
  }
  /// One individual for each, the likelier the lower its cost.
  static std::vector<std::uint32_t> draw(Agent auto& self, const std::vector<double>& excess) {
    double sum = 0;
    for (const double e : excess) sum += fitness(e);
    std::vector<std::uint32_t> drawn;
    for (std::size_t p = 0; p < excess.size(); ++p) {
      double rest = self.uniform() * sum;
      std::uint32_t q = 0;
      while (q + 1 < excess.size() && rest >= fitness(excess[q])) rest -= fitness(excess[q++]);
      drawn.push_back(q);
    }
    return drawn;
  }
  static double fitness(double excess) { return 1.1 - excess; }

  std::vector<Place> places_;
  std::vector<ValueIndex> values_, tuple_;  // values_: by individual
  std::vector<Values> told_, coming_;       // by neighbour: of this cycle, and what comes in for the next
  std::vector<std::uint32_t> ancestors_;    // what this variable, as a centre, decided
  std::vector<std::uint32_t> follow_;       // whom each individual takes over in the next cycle
  std::vector<RankedCost> below_, sums_;    // by individual: of the subtrees below, and with one's own
  RankedCost best_;
  bool have_best_ = false;
  std::int64_t cycle_ = 0;
  std::uint32_t heard_ = 0, counted_ = 0;
  double rank_ = 0;
  bool stepped_ = true, exchanged_ = false, complete_ = false;
};

}  // namespace

Algorithm lsga_dsa() { return algorithm_of<LsgaDsa>(); }

}  // namespace entente::algorithms
