// SPDX-License-Identifier: MIT
// BnB-ADOPT, ADOPT with depth-first branch and bound, with the amendments that make it end at an optimum.
#include <algorithm>
#include <cmath>
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

/// Depth-first branch and bound over a pseudo-tree, everybody at once: a variable keeps its value until that is known
/// to cost no less than the best found or than its parent can use, and never comes back to it under one context.
///
/// VALUE goes down every constraint and gives children a limit, COST with bounds of the subtree goes to the parent. The
/// root ends when its bounds are within `error_bound`, and with it also prunes; then TERMINATE goes down. Values carry
/// a number that counts their variable's changes, so that the newest is believed, whoever tells it.
///
/// Cost  Time and messages exponential in the depth of the tree at worst; memory O(|domain| * children + width) per
///       variable. VALUE 16 bytes, the others up to 8 bytes per variable of a separator and 16.
/// From  Yeoh, Felner & Koenig, "BnB-ADOPT", Journal of Artificial Intelligence Research 38 (2010) 85-133, which
///       neither always ends nor always finds an optimum; amended as Noshiro & Hasebe, "Flaws of termination and
///       optimality in ADOPT-based algorithms", IJCAI 2023, do for ADOPT: a context always holds the whole separator,
///       bounds under one context only get tighter, and TERMINATE carries the context and the cost that is to be
///       reached. Left open there: a variable answers once to all messages that wait for it, and says nothing that the
///       receiver knows already. It need not say its bounds again when its parent drops them: the parent does so for a
///       newer value, of which the variable hears as well, and then it says them under that.
struct BnbAdopt {
  static constexpr Info info{.name = "bnb_adopt",
                             .summary = "exact: asynchronous depth-first branch and bound in little memory",
                             .graph = Graph::pseudotree,
                             .timing = Timing::events,
                             .complete = true,
                             .bound = true,
                             .source =
                                 "Yeoh, Felner & Koenig, Journal of Artificial Intelligence Research 38 (2010) "
                                 "85-133; Noshiro & Hasebe, IJCAI 2023"};

  struct Params {
    double error_bound = 0;
  };
  static constexpr auto parameters = std::tuple{real("error_bound", &Params::error_bound, 0.0, 1e300,
                                                     "how much worse than the optimum the answer may be; 0: exact")};
  static std::string refuses(const Problem& problem) { return too_wide_to_search(problem); }
  static Pseudotree make_tree(const Problem& problem, const Params&) {
    return make_pseudotree(problem, TreeHeuristic::dfs_most_visited);
  }

  struct Stamped {
    ValueIndex value;
    std::uint32_t stamp;  // how often its variable had changed
  };
  using Context = std::vector<Stamped>;  // the values of the child's separator, in its order
  struct Value {
    Stamped now;
    double limit;  // for children: bounds from here on are of no use
    bool fits(const MessageGround& at) const { return at.from_separator() && at.told(now.value) && at.cost(limit); }
  };
  struct Cost {
    Context context;
    double low, high;
    bool fits(const MessageGround& at) const {
      return at.from_child() && at.told_context(context, &Stamped::value) && 0 <= low && low <= high;
    }
  };
  struct Terminate {
    Context context;
    double cost;  // that an assignment of the receiver's subtree is known to have
    bool fits(const MessageGround& at) const {
      return at.from_parent() && at.own_context(context, &Stamped::value) && at.cost(cost);
    }
  };
  using Messages = Kinds<Value, Cost, Terminate, Floor, Proof>;

  ValueIndex value = 0;

  void start(Agent auto& self) {
    node.set_up(self.problem(), self.tree(), self.id());
    stamps.assign(node.width(), 0);
    told.assign(node.child_count(), -1);
    proof.start(self, node);
    answer(self);
  }

  void receive(Agent auto& self, ComputationId from, const Value& message) {
    if (last) return;  // the context is final
    believe(node.position(from), message.now);
    if (from == node.parent()) limit = message.limit;
    self.remind();
  }
  void receive(Agent auto& self, ComputationId from, const Cost& message) {
    if (done) return;
    const std::uint32_t child = node.child(from);
    const auto scope = node.scope_of(child);
    ValueIndex own = 0;
    bool holds = true;
    for (std::size_t k = 0; k < scope.size(); ++k) {
      const Stamped& theirs = message.context[k];
      if (scope[k] == node.width()) {
        own = theirs.value;
        continue;
      }
      if (!last) believe(scope[k], theirs);
      holds &= node.context()[scope[k]] == theirs.value;
    }
    if (holds) self.demand(node.add_bounds(child, own, message.low, message.high));
    self.remind();
  }
  void receive(Agent auto& self, ComputationId, const Terminate& message) {
    last = true;
    for (SearchNode::Position at = 0; at < node.width(); ++at) {
      node.assign(at, message.context[at].value);
      stamps[at] = message.context[at].stamp;
    }
    goal = message.cost;
    limit = std::nextafter(goal, SearchNode::unlimited);
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
  void believe(SearchNode::Position at, const Stamped& theirs) {
    if (theirs.stamp <= stamps[at]) return;
    stamps[at] = theirs.stamp;
    must_say = true;
    if (!node.assign(at, theirs.value)) return;
    limit = SearchNode::unlimited;
    fresh = true;
  }

  void answer(Agent auto& self) {
    node.sum_up(self.problem(), [&](ConstraintId c, std::span<const ValueIndex> tuple) { return self.cost(c, tuple); });
    const double cut =
        node.root() ? node.high() - proof.share_of(self, self.params().error_bound) : std::min(limit, node.high());
    const bool ends = node.root() ? node.low() >= cut : last && node.high() <= goal;
    ValueIndex next = value;
    if (ends)
      next = node.surest();
    else if (fresh || (node.lower(value) >= cut && node.lower(value) != node.low()))
      next = node.lowest();
    fresh = false;
    const bool moved = next != value || stamp == 0;
    stamp += moved;
    value = next;
    for (const VariableId listener : node.listeners()) {
      const std::uint32_t c = node.child(listener);
      if (c < node.child_count() && node.children()[c] == listener)
        speak(self, c, cut, moved);
      else if (moved)
        self.send(listener, Value{{value, stamp}, SearchNode::unlimited});
    }
    if (ends) return end(self);
    if (node.root()) return proof.conclude(self, node.low(), false);
    if (!(must_say || node.low() != said_low || node.high() != said_high)) return;
    Cost message{{}, node.low(), node.high()};
    for (SearchNode::Position at = 0; at < node.width(); ++at) message.context.push_back(known(at));
    self.send(node.parent(), std::move(message));
    said_low = node.low();
    said_high = node.high();
    must_say = false;
  }

  /// A child that has heard of an ancestor's move has dropped its limit, so it is told again.
  void speak(Agent auto& self, std::uint32_t child, double cut, bool moved) {
    const double share = limit_of(child, cut);
    if (moved || node.forgot(child) || share != told[child])
      self.send(node.children()[child], Value{{value, stamp}, share});
    told[child] = share;
    node.remember(child);
  }

  /// The least bound of a child at which this variable's lower bound reaches `cut`, to the last bit. A child that
  /// stopped there has then made this variable stop, too.
  double limit_of(std::uint32_t child, double cut) {
    if (cut == SearchNode::unlimited) return cut;
    const double* const lows = node.lows(value);
    if (!(node.lower(value) < cut)) return lows[child];
    parts.assign(lows, lows + node.child_count());
    double share = cut - (node.lower(value) - lows[child]);
    double step = std::abs(cut) * std::numeric_limits<double>::epsilon();
    for (;; share += step, step *= 2) {
      parts[child] = share;
      if (node.total(value, parts.data()) >= cut) return share;
    }
  }

  Stamped known(SearchNode::Position at) const {
    return at == node.width() ? Stamped{value, stamp} : Stamped{node.context()[at], stamps[at]};
  }

  void end(Agent auto& self) {
    for (std::uint32_t c = 0; c < node.child_count(); ++c) {
      Terminate message{{}, node.highs(value)[c]};
      for (const SearchNode::Position at : node.scope_of(c)) message.context.push_back(known(at));
      self.send(node.children()[c], std::move(message));
    }
    done = true;
    if (node.root()) proof.conclude(self, node.low(), true);
    if (!proof.waiting()) self.finish();
  }

  SearchNode node;
  SearchProof proof;
  std::vector<std::uint32_t> stamps;  // of the context
  std::uint32_t stamp = 0;            // of the own value
  double limit = SearchNode::unlimited;
  double goal = SearchNode::unlimited;
  std::vector<double> told, parts;  // by child
  double said_low = -1, said_high = -1;
  bool fresh = true;     // the context has changed since the last choice of a value
  bool must_say = true;  // the context has changed since the last COST
  bool last = false;     // the ancestors have ended: the context is final
  bool done = false;
};

}  // namespace

Algorithm bnb_adopt() { return algorithm_of<BnbAdopt>(); }

}  // namespace entente::algorithms
