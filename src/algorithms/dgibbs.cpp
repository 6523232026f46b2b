// SPDX-License-Identifier: MIT
// D-Gibbs, distributed Gibbs sampling.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/graph/pseudotree.hpp"
#include "kernel/ranked_cost.hpp"

namespace entente::algorithms {
namespace {

/// Again and again, all variables draw new values down a pseudo-tree, cheap ones more often; the best assignment passed
/// on the way is decided on.
///
/// A variable draws a value with a probability proportional to exp(-cost / temperature) of its local cost, the values
/// of its ancestors being new and those of its descendants old: one sweep of a Gibbs sampler, in which branches of the
/// tree draw at the same time. Each draw is a step with a known gain. In a sweep, every set of variables that holds the
/// ancestors of its members is a point that was passed; the best of them is found from gains that travel up the tree.
///
/// Cost  Per sweep O(degree * |domain|) time per variable, a message of 4 bytes per neighbour, 2 down and 32 up per
/// edge
///       of the tree. Memory is linear in the degree.
/// From  Nguyen, Yeoh, Lau & Zivan, "Distributed Gibbs: a linear-space sampling-based DCOP algorithm", Journal of
///       Artificial Intelligence Research 64 (2019) 705-748, sequential. Left open there: hard constraints, of which a
///       draw violates as few as it can. Done otherwise: gains are added up from the leaves and compared at the root.
struct DGibbs {
  static constexpr Info info{
      .name = "dgibbs",
      .summary = "Gibbs sampling on a pseudo-tree; the best sample is decided on",
      .graph = Graph::pseudotree,
      .timing = Timing::events,
      .monotone = true,
      .source = "Nguyen, Yeoh, Lau & Zivan, Journal of Artificial Intelligence Research 64 (2019) 705-748"};

  struct Params {
    double temperature = 1;
    std::int64_t iterations = 1000;
  };
  static constexpr auto parameters =
      std::tuple{real("temperature", &Params::temperature, 0.001, 1e12, "cost that makes a value e times less likely"),
                 integer("iterations", &Params::iterations, 1, 1'000'000'000, "sweeps after which the run ends")};

  /// What became of the sweep before, as far as the receiver is concerned.
  enum class Verdict : std::uint8_t {
    nothing,  ///< It passed nothing better than the best so far.
    taken,    ///< The best so far has the new values of all the receiver's ancestors,
    kept,     ///< or the old value of one of them, and so of the receiver.
  };
  struct Begin {  // from parent to child
    Verdict verdict;
    bool ending;  // there is no further sweep
    bool fits(const MessageGround& at) const { return at.from_parent(); }
  };
  struct Value {
    ValueIndex value;
    bool fits(const MessageGround& at) const { return at.linked() && at.told(value); }
  };
  struct Gain {  // of a subtree in this sweep: of the best point passed, and of all draws
    double best_violations, best_cost, all_violations, all_cost;
    bool fits(const MessageGround& at) const {
      return at.from_child() && at.cost(best_violations) && at.cost(best_cost) && at.cost(all_violations) &&
             at.cost(all_cost);
    }
  };
  using Messages = Kinds<Begin, Value, Gain>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    before_ = drawn_ = value = self.initial_value();
    values_.assign(self.degree() + 1, no_value);
    values_.back() = value;
    for (Neighbour k = 0; k < self.degree(); ++k) above_ += is_above(self, self.id(k));
    find_places(self);
    self.broadcast(Value{value});
    drawn_already_ = true;  // the start is a sweep without gain
    if (is_root(self)) self.every(pace, pace);
    finish(self);
  }

  void tick(Agent auto& self) {
    if (!complete_) return;
    complete_ = false;
    const bool ending = sweeps_++ >= self.params().iterations;
    if (ending) self.rest();
    Verdict verdict = Verdict::nothing;
    if (best_ < reached_ + passed_) {
      best_ = reached_ + passed_;
      verdict = Verdict::taken;
    }
    reached_ += all_;
    begin(self, {verdict, ending});
  }

  void receive(Agent auto& self, ComputationId, const Begin& message) {
    self.demand(!begun_ && !drawn_already_);
    begin(self, message);
  }
  void receive(Agent auto& self, ComputationId from, const Value& message) {
    values_[self.position(from)] = message.value;
    ++(is_above(self, from) ? heard_above_ : heard_below_);
    proceed(self);
  }
  void receive(Agent auto& self, ComputationId, const Gain& gain) {
    passed_ += {gain.best_violations, gain.best_cost};
    all_ += {gain.all_violations, gain.all_cost};
    ++gains_;
    proceed(self);
  }

 private:
  static constexpr double pace = 1e-3;  // least seconds from one sweep to the next

  struct Place {  // a constraint of this variable
    ConstraintId constraint;
    std::vector<std::uint32_t> members;  // in scope order, as positions in `values_`
  };

  static bool is_root(Agent auto& self) { return self.tree().parent[self.id()] == no_id; }
  static bool is_above(Agent auto& self, ComputationId other) {
    return self.tree().depth[other] < self.tree().depth[self.id()];
  }
  void find_places(Agent auto& self) {
    for (const ConstraintId c : self.problem().constraints_of(self.id())) {
      Place place{c, {}};
      for (const VariableId v : self.problem().scope(c))
        place.members.push_back(v == self.id() ? self.degree() : self.position(v));
      places_.push_back(std::move(place));
    }
  }
  RankedCost local_cost(Agent auto& self, ValueIndex own) {
    values_.back() = own;
    RankedCost sum;
    const auto costs = self.problem().unary_costs(self.id());
    if (!costs.empty()) sum += RankedCost::of(self.working(costs[std::size_t(own)]));
    for (const Place& place : places_) {
      tuple_.clear();
      for (const std::uint32_t member : place.members) tuple_.push_back(values_[member]);
      sum += RankedCost::of(self.cost(place.constraint, tuple_));
    }
    return sum;
  }

  void begin(Agent auto& self, const Begin& message) {
    const bool taken = message.verdict == Verdict::taken && in_best_;
    if (message.verdict != Verdict::nothing) value = taken ? drawn_ : before_;
    const Verdict below = taken || message.verdict == Verdict::nothing ? message.verdict : Verdict::kept;
    for (const ComputationId child : self.tree().children[self.id()]) self.send(child, Begin{below, message.ending});
    if (message.ending) return;
    begun_ = true;
    passed_ = all_ = {};
    proceed(self);
  }
  void proceed(Agent auto& self) {
    if (begun_ && heard_above_ == above_) {
      self.demand(std::find(values_.begin(), values_.end(), no_value) == values_.end());
      draw(self);
    }
    finish(self);
  }
  void draw(Agent auto& self) {
    begun_ = false;
    drawn_already_ = true;
    before_ = drawn_;
    costs_.clear();
    for (ValueIndex v = 0; v < self.domain(); ++v) costs_.push_back(local_cost(self, v));
    const RankedCost least = *std::min_element(costs_.begin(), costs_.end());
    const auto weight = [&](const RankedCost& c) {
      return c.violations > least.violations ? 0 : std::exp((least.cost - c.cost) / self.params().temperature);
    };
    double sum = 0;
    for (const RankedCost& c : costs_) sum += weight(c);
    double rest = self.uniform() * sum;
    for (std::size_t v = 0; v < costs_.size(); ++v) {
      if (weight(costs_[v]) == 0) continue;
      drawn_ = ValueIndex(v);  // rounding may leave a rest after the last that has a chance
      rest -= weight(costs_[v]);
      if (rest < 0) break;
    }
    values_.back() = drawn_;
    own_ = costs_[std::size_t(before_)] - costs_[std::size_t(drawn_)];
    self.broadcast(Value{drawn_});
  }
  /// When all below have drawn, and told what they gained.
  void finish(Agent auto& self) {
    if (!drawn_already_ || heard_above_ < above_ || heard_below_ < self.degree() - above_ ||
        gains_ < self.tree().children[self.id()].size())
      return;
    drawn_already_ = false;
    heard_above_ = heard_below_ = gains_ = 0;
    all_ += own_;
    passed_ += own_;
    in_best_ = RankedCost{} < passed_;
    if (!in_best_) passed_ = {};
    own_ = {};
    if (is_root(self))
      complete_ = true;
    else
      self.send(self.tree().parent[self.id()], Gain{passed_.violations, passed_.cost, all_.violations, all_.cost});
  }

  std::vector<Place> places_;
  std::vector<ValueIndex> values_, tuple_;  // values_: by neighbour, and one's own at the end
  std::vector<RankedCost> costs_;
  ValueIndex before_ = no_value, drawn_ = no_value;  // the value before this sweep, and after
  bool begun_ = false, drawn_already_ = false, in_best_ = false;
  std::uint32_t above_ = 0, heard_above_ = 0, heard_below_ = 0, gains_ = 0;
  RankedCost own_, passed_, all_;  // gains in this sweep: one's own, at the best point passed, of all draws
  // At a root: sweeps begun, and what was gained since the start: up to now, and at best.
  std::int64_t sweeps_ = 0;
  RankedCost reached_, best_;
  bool complete_ = false;
};

}  // namespace

Algorithm dgibbs() { return algorithm_of<DGibbs>(); }

}  // namespace entente::algorithms
