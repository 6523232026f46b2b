// SPDX-License-Identifier: MIT
// ADOPT, Asynchronous Distributed Optimisation, with the amendments that make it end at an optimum.
#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/graph/pseudotree.hpp"
#include "kernel/search_node.hpp"
#include "kernel/search_proof.hpp"

namespace entente::algorithms {
namespace {

/// Best-first search over a pseudo-tree, everybody at once: a variable takes the value with the least lower bound as
/// soon as its own one's passes the threshold that its parent allows, and no sooner.
///
/// VALUE goes down every constraint, THRESHOLD to the children, COST with bounds of the subtree to the parent. The root
/// ends when its bounds are within `error_bound`; then TERMINATE goes down.
///
/// Cost  Time and messages exponential in the depth of the tree at worst; memory O(|domain| * children + width) per
///       variable. VALUE 4 bytes, the others up to 4 bytes per variable of a separator and 16.
/// From  Modi, Shen, Tambe & Yokoo, "ADOPT", Artificial Intelligence 161 (2005) 149-180, which neither always ends nor
///       always finds an optimum; amended as Noshiro & Hasebe, "Flaws of termination and optimality in ADOPT-based
///       algorithms", IJCAI 2023: a context always holds the whole separator, bounds under one context only get
///       tighter, COST speaks for those ancestors alone that do not speak for themselves, and TERMINATE carries the
///       threshold. Left open there: a variable answers once to all messages that wait for it, and says nothing that
///       the receiver knows already; a THRESHOLD therefore tells the child if the parent has dropped its bounds.
struct Adopt {
  static constexpr Info info{.name = "adopt",
                             .summary = "exact: asynchronous best-first search in little memory",
                             .graph = Graph::pseudotree,
                             .timing = Timing::events,
                             .complete = true,
                             .bound = true,
                             .source =
                                 "Modi, Shen, Tambe & Yokoo, Artificial Intelligence 161 (2005) 149-180; "
                                 "Noshiro & Hasebe, IJCAI 2023"};

  struct Params {
    double error_bound = 0;
  };
  static constexpr auto parameters = std::tuple{real("error_bound", &Params::error_bound, 0.0, 1e300,
                                                     "how much worse than the optimum the answer may be; 0: exact")};
  static std::string refuses(const Problem& problem) { return too_wide_to_search(problem); }
  static Pseudotree make_tree(const Problem& problem, const Params&) {
    return make_pseudotree(problem, TreeHeuristic::dfs_most_visited);
  }

  using Context = std::vector<ValueIndex>;  // the values of the child's separator, in its order
  struct Value {
    ValueIndex value;
    bool fits(const MessageGround& at) const { return at.from_separator() && at.told(value); }
  };
  struct Threshold {
    Context context;
    double threshold;
    bool forgot;  // the sender has no bounds of the receiver: say them again
    bool fits(const MessageGround& at) const {
      return at.from_parent() && at.own_context(context) && at.cost(threshold);
    }
  };
  struct Cost {
    Context context;
    double low, high;
    bool fits(const MessageGround& at) const {
      return at.from_child() && at.told_context(context) && 0 <= low && low <= high;
    }
  };
  struct Terminate {
    Context context;
    double threshold;
    bool fits(const MessageGround& at) const {
      return at.from_parent() && at.own_context(context) && at.cost(threshold);
    }
  };
  using Messages = Kinds<Value, Threshold, Cost, Terminate, Floor, Proof>;

  ValueIndex value = 0;

  void start(Agent auto& self) {
    node.set_up(self.problem(), self.tree(), self.id());
    shares.assign(node.child_count() * std::size_t(self.domain()), 0);
    told.assign(node.child_count(), -1);
    proof.start(self, node);
    answer(self);
  }

  void receive(Agent auto& self, ComputationId from, const Value& message) {
    if (last) return;  // the context is final
    assign(node.position(from), message.value);
    self.remind();
  }
  void receive(Agent auto& self, ComputationId, Threshold&& message) {
    must_say |= message.forgot;
    allowed = message.threshold;
    allowed_under = std::move(message.context);
    self.remind();
  }
  void receive(Agent auto& self, ComputationId from, const Cost& message) {
    if (done) return;
    const std::uint32_t child = node.child(from);
    const auto scope = node.scope_of(child);
    ValueIndex own = 0;
    bool holds = true;
    for (std::size_t k = 0; k < scope.size(); ++k) {
      if (scope[k] == node.width()) {
        own = message.context[k];
        continue;
      }
      if (!last && !node.told_by_itself(scope[k])) assign(scope[k], message.context[k]);
      holds &= node.context()[scope[k]] == message.context[k];
    }
    if (holds) self.demand(node.add_bounds(child, own, message.low, message.high));
    self.remind();
  }
  void receive(Agent auto& self, ComputationId, Terminate&& message) {
    last = true;
    for (SearchNode::Position at = 0; at < node.width(); ++at) assign(at, message.context[at]);
    allowed = message.threshold;
    allowed_under = std::move(message.context);
    self.remind();
  }
  void receive(Agent auto& self, ComputationId, const Floor& message) { proof.add(self, node, message); }
  void receive(Agent auto& self, ComputationId from, const Proof& message) {
    proof.add(self, from, message);
    if (done && !proof.waiting()) self.finish();
  }
  void reminded(Agent auto& self) {
    if (!done) answer(self);
  }

 private:
  void assign(SearchNode::Position at, ValueIndex now) { must_say |= node.assign(at, now); }

  void answer(Agent auto& self) {
    node.sum_up(self.problem(), [&](ConstraintId c, std::span<const ValueIndex> tuple) { return self.cost(c, tuple); });
    const double threshold = allowance(self);
    if (threshold == node.high()) {
      if (node.upper(value) != node.high()) value = node.surest();
    } else if (node.lower(value) > threshold) {
      value = node.lowest();
    }
    const bool moved = value != said;
    if (moved)
      for (const VariableId listener : node.listeners()) self.send(listener, Value{value});
    said = value;
    share_out(threshold);
    if (threshold == node.high() && (last || node.root())) return end(self);
    for (std::uint32_t c = 0; c < node.child_count(); ++c) {
      const double share = shares_of(value)[c];
      if (moved || node.forgot(c) || share != told[c])
        self.send(node.children()[c], Threshold{context_for(c), share, node.forgot(c)});
      told[c] = share;
      node.remember(c);
    }
    if (node.root()) return proof.conclude(self, node.low(), false);
    if (!(must_say || node.low() != said_low || node.high() != said_high)) return;
    self.send(node.parent(), Cost{{node.context().begin(), node.context().end()}, node.low(), node.high()});
    said_low = node.low();
    said_high = node.high();
    must_say = false;
  }

  /// How much the subtree may be believed to cost before this variable changes its value.
  double allowance(Agent auto& self) const {
    if (node.root()) return std::min(node.low() + proof.share_of(self, self.params().error_bound), node.high());
    const auto context = node.context();
    const bool holds = std::equal(context.begin(), context.end(), allowed_under.begin(), allowed_under.end());
    return holds ? std::clamp(allowed, node.low(), node.high()) : node.low();
  }

  /// Splits `threshold` among the children for the present value: each gets no less than its lower bound and no more
  /// than its upper, and all with the own cost never more than `threshold`, to the last bit. Then children that are
  /// within their thresholds prove that this variable is.
  void share_out(double threshold) {
    const std::size_t count = node.child_count();
    const double *const low = node.lows(value), *const high = node.highs(value);
    for (std::uint32_t c = 0; c < count; ++c)
      if (node.forgot(c))
        for (std::size_t at = c; at < shares.size(); at += count) shares[at] = 0;
    double* const share = shares_of(value);
    if (threshold >= node.upper(value)) {
      std::copy(high, high + count, share);
      return;
    }
    for (std::size_t c = 0; c < count; ++c) share[c] = std::clamp(share[c], low[c], high[c]);
    double excess = node.total(value, share) - threshold;
    for (std::size_t c = 0; c < count && excess > 0; ++c) {
      const double room = share[c] - low[c];
      share[c] = room <= excess ? low[c] : share[c] - excess;
      excess -= room;
    }
    for (std::size_t c = 0; node.total(value, share) > threshold && c < count; ++c) share[c] = low[c];  // rounding
    double slack = threshold - node.total(value, share);
    before.assign(share, share + count);
    for (std::size_t c = 0; c < count && slack > 0; ++c) {
      const double room = high[c] - share[c];
      share[c] = room <= slack ? high[c] : share[c] + slack;
      slack -= room;
    }
    for (std::size_t c = count; c > 0 && node.total(value, share) > threshold; --c) share[c - 1] = before[c - 1];
  }

  void end(Agent auto& self) {
    for (std::uint32_t c = 0; c < node.child_count(); ++c)
      self.send(node.children()[c], Terminate{context_for(c), shares_of(value)[c]});
    done = true;
    if (node.root()) proof.conclude(self, node.low(), true);
    if (!proof.waiting()) self.finish();
  }

  double* shares_of(ValueIndex d) { return shares.data() + std::size_t(d) * node.child_count(); }
  Context context_for(std::uint32_t child) const {
    Context context;
    for (const SearchNode::Position at : node.scope_of(child)) context.push_back(node.at(at, value));
    return context;
  }

  SearchNode node;
  SearchProof proof;
  double allowed = 0;                // the last threshold of the parent,
  Context allowed_under;             // for this context; empty: none yet
  std::vector<double> shares;        // of the threshold, by own value, then by child
  std::vector<double> told, before;  // by child
  ValueIndex said = no_value;
  double said_low = -1, said_high = -1;
  bool must_say = true;  // the context has changed, or the parent has forgotten, since the last COST
  bool last = false;     // the ancestors have ended: the context is final
  bool done = false;
};

}  // namespace

Algorithm adopt() { return algorithm_of<Adopt>(); }

}  // namespace entente::algorithms
