// SPDX-License-Identifier: MIT
// PT-FB, Pseudo-Tree Forward Bounding.
#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "algorithm/child_bounds.hpp"
#include "algorithm/tree_place.hpp"
#include "entente/algorithm.hpp"
#include "kernel/bound_table.hpp"
#include "kernel/context_cache.hpp"
#include "kernel/path_costs.hpp"

namespace entente::algorithms {
namespace {

/// Branch and bound down a pseudo-tree, in which subtrees search side by side, each within what its siblings leave it,
/// and lower bounds come ahead of the search: from the descendants that share a constraint with the variable that
/// chooses, and from tables of a few dimensions that go up the tree once.
///
/// Cost  exponential time in the tree's depth. Per context of a variable: a request and an answer of 8 bytes per own
///       value for each descendant that shares a constraint; per value tried, a CPA and a report for each child, of up
///       to 8 bytes per descendant. Memory per variable: its constraints' tables, a bound table of at most `max_cells`
///       cells per child, 8 bytes per own value and descendant that is asked, and its part of `cache`.
/// From  Litov & Meisels, "Forward bounding on pseudo-trees for DCOPs and ADCOPs", Artificial Intelligence 252 (2017)
///       83-99; the tables as in Deng et al., "PT-ISABB", AAMAS 2019. Left open there and chosen here: a request asks
///       for all values of the asker at once, and values are tried best bound first; what an ancestor has learned about
///       descendants that the child does not reach goes down with the CPA; a report carries the subtree's assignment,
///       so that no second pass has to find it; a search that is no longer wanted is called back (`Halt`); the first
///       upper bound is that of a greedy descent; results are kept for contexts that come again. On a depth-first tree
///       with `max_cells` and `cache` 0 it is PT-FB as published.
struct PtFb {
  static constexpr Info info{.name = "ptfb",
                             .summary =
                                 "exact: branch and bound down a pseudo-tree, subtrees side by side, with bounds "
                                 "from descendants and bounded tables",
                             .graph = Graph::pseudotree,
                             .timing = Timing::events,
                             .complete = true,
                             .bound = true,
                             .source = "Litov & Meisels, Artificial Intelligence 252 (2017) 83-99"};
  enum class Tree { dfs, min_fill, best };
  struct Params {
    Tree tree = Tree::best;
    std::int64_t max_cells = 65536;
    std::int64_t cache = 256;
  };
  static constexpr auto parameters = std::tuple{
      choice("tree", &Params::tree, {"dfs", "min_fill", "best"},
             "the pseudo-tree: depth first, by min-fill elimination, or of several the one with the smallest tables"),
      integer("max_cells", &Params::max_cells, 0, 16'777'216, "most cells of a table of lower bounds; 0: no tables"),
      integer("cache", &Params::cache, 0, 1'000'000, "MiB for all variables together to remember results; 0: none")};
  static Pseudotree make_tree(const Problem& problem, const Params& params) {
    switch (params.tree) {
      case Tree::dfs: return make_pseudotree(problem, TreeHeuristic::dfs_max_degree);
      case Tree::min_fill: return make_pseudotree(problem, TreeHeuristic::min_fill);
      case Tree::best: break;
    }
    return best_pseudotree(problem);
  }
  static std::string refuses(const Problem& problem) { return PathCosts::refuses(problem); }

  /// Of a subtree, this many are asked for estimates by those above it: what is kept per variable stays bounded.
  static constexpr std::size_t most_members = 128;

  struct Up {                           // what a subtree is, and what it costs at least
    std::uint32_t size;                 // variables in it
    std::vector<VariableId> members;    // those that share a constraint with somebody above it, depth first
    std::vector<std::uint32_t> depths;  // of their highest such partners
    double floor;                       // lowest costs that shares come on top of, added up
    BoundTable bounds;
    bool exact;  // the bounds are reached
    bool fits(const MessageGround& at) const {
      std::uint64_t cells = 1;
      for (const ValueIndex d : bounds.sizes)
        if (d < 1 || (cells *= std::uint64_t(d)) > bounds.cells.size()) return false;
      return at.from_child() && size == at.subtree_size(at.from()) && members.size() <= most_members &&
             depths.size() == members.size() &&
             std::all_of(members.begin(), members.end(), [&](VariableId v) { return at.is_variable(v); }) &&
             at.cost(floor) && at.part_of_separator(bounds.scope) && at.sizes(bounds.scope, bounds.sizes) &&
             cells == bounds.cells.size() && at.costs(bounds.cells);
    }
  };
  struct Probe {  // choose what looks best here, and ask below
    std::vector<ValueIndex> context;
    bool fits(const MessageGround& at) const { return at.from_parent() && at.own_context(context); }
  };
  struct Probed {
    double cost;
    std::vector<ValueIndex> values;
    bool fits(const MessageGround& at) const {
      return at.from_child() && at.cost(cost) && at.subtree(at.from(), values);
    }
  };
  struct Cpa {  // find the best of the subtree that costs less than `bound`
    std::vector<ValueIndex> context;
    std::vector<double> estimates;  // by member but the receiver: the least it costs
    double bound;
    std::uint64_t stamp;
    bool fits(const MessageGround& at) const {
      return at.from_parent() && at.own_context(context) && at.costs(estimates) && at.cost(bound);
    }
  };
  struct Tighten {  // less is left now
    double bound;
    std::uint64_t stamp;
    bool fits(const MessageGround& at) const { return at.from_parent() && at.cost(bound); }
  };
  struct Halt {  // no answer is wanted any more
    bool fits(const MessageGround& at) const { return at.from_parent(); }
  };
  struct LbRequest {
    std::vector<ValueIndex> context;  // the asker's
    std::uint32_t slot;
    std::uint64_t stamp;
    bool fits(const MessageGround& at) const { return at.from_above() && at.told_context(context); }
  };
  struct LbReport {
    std::vector<double> costs;  // by value of the asker: the least that it costs the sender
    std::uint32_t slot;
    std::uint64_t stamp;
    bool fits(const MessageGround& at) const {
      return at.from_below() && costs.size() == std::size_t(at.problem().domain_size(at.to())) && at.costs(costs);
    }
  };
  struct Report {
    std::uint64_t stamp;
    double cost;                     // of the best, or a lower bound
    std::vector<ValueIndex> values;  // of the best, depth first; empty if nothing is below the bound
    bool fits(const MessageGround& at) const {
      return at.from_child() && at.cost(cost) && (values.empty() || at.subtree(at.from(), values));
    }
  };
  struct Decide {
    std::vector<ValueIndex> values;  // of the subtree, depth first
    bool fits(const MessageGround& at) const { return at.from_parent() && at.subtree(at.to(), values); }
  };
  using Messages = Kinds<Up, Probe, Probed, Cpa, Tighten, Halt, LbRequest, LbReport, Report, Decide>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    value = self.initial_value();
    costs = PathCosts(
        self.problem(), self.id(), [&](VariableId v) { return self.tree().depth[v]; },
        StopSignal{self.stop_flag(), {}});
    place = TreePlace(self.problem(), self.tree(), self.id(), costs.earlier());
    branches.resize(place.children().size());
    waiting = branches.size();
    if (waiting == 0) report_up(self);
  }

  void receive(Agent auto& self, ComputationId child, Up&& up) {
    Branch& branch = branches[place.child(child)];
    self.demand(state == State::gathering && branch.up.size == 0);
    branch.up = std::move(up);
    if (--waiting == 0) report_up(self);
  }

  void receive(Agent auto& self, ComputationId, const Probe& probe) {
    self.demand(state == State::told);
    context = probe.context;
    probe_on(self);
  }

  void receive(Agent auto& self, ComputationId child, Probed&& answer) {
    Branch& branch = branches[place.child(child)];
    self.demand(state == State::probing && branch.values.empty());
    branch.values = std::move(answer.values);
    best += answer.cost;
    if (--waiting == 0) probed(self);
  }

  void receive(Agent auto& self, ComputationId, Cpa&& cpa) {
    self.demand(state == State::probed);
    halt(self);
    context = std::move(cpa.context);
    above = std::move(cpa.estimates);
    asked = cpa.stamp;
    const ComputationId parent = self.tree().parent[self.id()];
    const ContextCache::Result* const before = cache.find(context);
    if (before && !(before->cost < cpa.bound)) return self.send(parent, Report{asked, before->cost, {}});
    if (before && !before->values.empty()) return self.send(parent, Report{asked, before->cost, before->values});
    search(self, cpa.bound);
  }

  void receive(Agent auto& self, ComputationId, Tighten less) {
    if (!searching || less.stamp != asked || !(less.bound < best)) return;
    best = less.bound;
    found = false;  // what was found is not wanted any more
    if (current != no_value) reconsider(self);
  }

  void receive(Agent auto& self, ComputationId, Halt) { halt(self); }

  void receive(Agent auto& self, ComputationId asker, const LbRequest& request) {
    const std::uint32_t k = place.ancestor(asker);
    place.read_context_of(k, request.context, asked_of);
    asked_of.push_back(0);
    std::vector<double> guesses(std::size_t(self.domain()));
    LbReport answer{std::vector<double>(std::size_t(self.problem().domain_size(asker))), request.slot, request.stamp};
    for (double& least : answer.costs) {
      self.check(costs.shares(asked_of, guesses));
      least = *std::min_element(guesses.begin(), guesses.end());
      ++asked_of.back();
    }
    self.send(asker, std::move(answer));
  }

  void receive(Agent auto& self, ComputationId from, const LbReport& answer) {
    if (!searching || answer.stamp != stamp) return;
    self.demand(answer.slot < slots.size() && slots[answer.slot].variable == from && waiting > 0);
    const std::size_t c = slots[answer.slot].child;
    for (std::size_t v = 0; v < bounds.values(); ++v) {
      double& before = estimates[v * slots.size() + answer.slot];
      if (!(answer.costs[v] > before)) continue;
      before = answer.costs[v];
      double sum = 0;
      for (const std::uint32_t s : branches[c].slots) sum += estimates[v * slots.size() + s];
      bounds.raise(v, c, sum);
    }
    if (--waiting == 0) try_next(self);
  }

  void receive(Agent auto& self, ComputationId child, Report&& report) {
    if (!searching || current == no_value || report.stamp != stamp) return;
    const std::uint32_t c = place.child(child);
    Branch& branch = branches[c];
    self.demand(branch.running);
    branch.running = false;
    const bool solved = !report.values.empty();
    const bool dearer = bounds.raise(std::size_t(current), c, report.cost);
    branch.values = std::move(report.values);
    if (!solved) return give_up(self);
    if (--waiting == 0) return complete(self);
    if (dearer) reconsider(self);
  }

  void receive(Agent auto& self, ComputationId, Decide&& decision) {
    self.demand(state == State::probed);
    decide(self, std::move(decision.values));
  }

 private:
  struct Branch {  // a child's subtree
    Up up;
    std::vector<std::uint32_t> slots;  // of its members
    std::vector<std::size_t> strides;  // of its bounds, by place in the own context
    std::size_t own_stride = 0;        // and for the own value; 0 if the bounds do not depend on it
    bool running = false;
    std::vector<ValueIndex> values;  // of its best assignment under the current value
  };
  struct Slot {  // a descendant about which something is known before the search gets there
    VariableId variable;
    std::uint32_t child;
    bool linked;  // to the own variable
    bool above;   // to one above it
  };
  /// Before the search: the children say what they are, this variable has told its parent, it is probed, it has been.
  enum class State : std::uint8_t { gathering, told, probing, probed };
  static constexpr double infinite = std::numeric_limits<double>::infinity();

  // Setting up.

  void report_up(Agent auto& self) {
    Up up{1, {}, {}, costs.floor(), {}, false};
    if (!costs.earlier().empty()) {
      up.members.push_back(self.id());
      up.depths.push_back(self.tree().depth[costs.earlier().front()]);
    }
    for (std::uint32_t c = 0; c < branches.size(); ++c) take_in(self, c, up);
    allocate(self);
    state = State::told;
    const ComputationId parent = self.tree().parent[self.id()];
    if (parent == no_id) {
      if (up.size == self.problem().variable_count()) offset = up.floor + constants(self);
      return probe_on(self);
    }
    tabulate(self, up);
    self.send(parent, std::move(up));
  }

  void take_in(Agent auto& self, std::uint32_t c, Up& up) {
    Branch& branch = branches[c];
    const std::uint32_t depth = self.tree().depth[self.id()];
    up.size += branch.up.size;
    up.floor += branch.up.floor;
    for (std::size_t m = 0; m < branch.up.members.size(); ++m) {
      const VariableId v = branch.up.members[m];
      const bool above_too = branch.up.depths[m] < depth;
      const bool linked = std::any_of(place.below().begin(), place.below().end(),
                                      [&](const TreePlace::Below& below) { return below.variable == v; });
      branch.slots.push_back(std::uint32_t(slots.size()));
      slots.push_back({v, c, linked, above_too && up.members.size() < most_members});
      if (!slots.back().above) continue;
      up.members.push_back(v);
      up.depths.push_back(branch.up.depths[m]);
    }
    const auto separator = self.tree().separator[self.id()];
    branch.strides.assign(separator.size(), 0);
    std::size_t stride = 1;
    const BoundTable& bounds = branch.up.bounds;
    for (std::size_t k = bounds.scope.size(); k-- > 0; stride *= std::size_t(bounds.sizes[k])) {
      if (bounds.scope[k] == self.id())
        branch.own_stride = stride;
      else
        branch
            .strides[std::size_t(std::find(separator.begin(), separator.end(), bounds.scope[k]) - separator.begin())] =
            stride;
    }
  }

  void allocate(Agent auto& self) {
    const auto values = std::size_t(self.domain());
    bounds = ChildBounds(values, branches.size());
    open.resize(values);
    estimates.resize(values * slots.size());
    // Under a separator that holds all of the parent's, a context comes only once.
    const ComputationId parent = self.tree().parent[self.id()];
    if (parent == no_id || self.tree().separator[self.id()].size() > self.tree().separator[parent].size()) return;
    cache = ContextCache((std::size_t(self.params().cache) << 20) / self.problem().variable_count());
  }

  /// Lower bounds of this subtree over the deepest variables of the separator, as many as the limit allows.
  void tabulate(Agent auto& self, Up& up) {
    constexpr std::size_t most_cells_together = std::size_t(1) << 27;  // 1 GiB
    std::size_t left =
        std::min(std::size_t(self.params().max_cells), most_cells_together / self.problem().variable_count());
    const auto separator = self.tree().separator[self.id()];
    std::vector<VariableId> scope;
    std::vector<ValueIndex> sizes;
    for (std::size_t k = separator.size(); k-- > 0;) {
      const ValueIndex size = self.problem().domain_size(separator[k]);
      if (std::size_t(size) > left) break;
      left /= std::size_t(size);
      scope.insert(scope.begin(), separator[k]);
      sizes.insert(sizes.begin(), size);
    }
    if (scope.empty()) return;
    up.exact = scope.size() == separator.size() && !costs.has_wide();
    std::vector<RowTable> tables = costs.tables();
    std::vector<std::vector<VariableId>> scopes(branches.size());
    for (std::size_t c = 0; c < branches.size(); ++c) {
      const Up& below = branches[c].up;
      up.exact = up.exact && below.exact;
      if (branches[c].own_stride == 0) continue;
      // The own variable, as the deepest, is the last and fastest.
      const std::size_t others = below.bounds.scope.size() - 1;
      tables.push_back({std::span(below.bounds.scope).first(others), std::span(below.bounds.sizes).first(others),
                        below.bounds.cells.data()});
    }
    up.bounds = bound_below(std::move(scope), std::move(sizes), tables, bounds.values(), {self.stop_flag(), {}});
    self.check(up.bounds.cells.size() * bounds.values());
  }

  // The greedy descent that gives the first upper bound.

  void probe_on(Agent auto& self) {
    state = State::probing;
    look(self);
    const std::size_t v = bounds.cheapest(infinite, [](std::size_t) { return true; });
    value = v == ChildBounds::none ? 0 : ValueIndex(v);
    best = bounds.share(std::size_t(value));
    waiting = branches.size();
    if (waiting == 0) return probed(self);
    for (std::uint32_t c = 0; c < branches.size(); ++c)
      self.send(place.children()[c], Probe{place.context(c, context, value)});
  }

  void probed(Agent auto& self) {
    state = State::probed;
    const ComputationId parent = self.tree().parent[self.id()];
    if (parent != no_id) return self.send(parent, Probed{best, collect(value)});
    propose(self, collect(value));
    search(self, best);
  }

  // The search under one context.

  /// Works out what each value costs at least, as far as that is known here.
  void look(Agent auto& self) {
    place.read_context(context, known);
    self.check(costs.shares(known, bounds.shares()));
    bounds.reset();
    for (std::size_t c = 0; c < branches.size(); ++c) {
      const Branch& branch = branches[c];
      std::size_t at = 0;
      for (std::size_t k = 0; k < context.size(); ++k) at += branch.strides[k] * std::size_t(context[k]);
      for (std::size_t v = 0; v < bounds.values(); ++v)
        bounds.raise(v, c, branch.up.bounds.cells[at + v * branch.own_stride]);
    }
  }

  void search(Agent auto& self, double limit) {
    searching = true;
    found = false;
    best = limit;
    current = no_value;
    ++stamp;
    open.assign(open.size(), true);
    look(self);
    take_estimates();
    waiting = 0;
    if (bounds.lowest_total() < best)
      for (std::uint32_t s = 0; s < slots.size(); ++s) {
        if (!slots[s].linked || branches[slots[s].child].up.exact) continue;
        self.send(slots[s].variable, LbRequest{context, s, stamp});
        ++waiting;
      }
    if (waiting == 0) try_next(self);
  }

  /// Adds what those above know about descendants.
  void take_estimates() {
    std::size_t next = 0;
    std::vector<double>& first = estimates;
    for (std::size_t s = 0; s < slots.size(); ++s) first[s] = slots[s].above && next < above.size() ? above[next++] : 0;
    for (std::size_t v = 1; v < bounds.values(); ++v)
      std::copy_n(first.begin(), slots.size(), first.begin() + std::ptrdiff_t(v * slots.size()));
    for (std::size_t c = 0; c < branches.size(); ++c) {
      double sum = 0;
      for (const std::uint32_t s : branches[c].slots) sum += first[s];
      for (std::size_t v = 0; v < bounds.values(); ++v) bounds.raise(v, c, sum);
    }
  }

  void try_next(Agent auto& self) {
    for (;;) {
      const std::size_t v = bounds.cheapest(best, [&](std::size_t u) { return bool(open[u]); });
      if (offset > -infinite) prove(self, offset + (v == ChildBounds::none ? best : bounds.total(v)));
      if (v == ChildBounds::none) return finish(self);
      current = ValueIndex(v);
      if (!branches.empty()) return pass_on(self);
      improve(self);
    }
  }

  /// The root's.
  void prove(Agent auto& self, double bound) {
    if (!(bound > proven) || !(bound < infinite)) return;
    proven = bound;
    self.report_bound(bound);
  }

  void pass_on(Agent auto& self) {
    const auto v = std::size_t(current);
    ++stamp;
    waiting = branches.size();
    for (std::uint32_t c = 0; c < branches.size(); ++c) {
      const VariableId child = place.children()[c];
      Cpa cpa{place.context(c, context, current), {}, bounds.left_for(best, v, c), stamp};
      for (const std::uint32_t s : branches[c].slots)
        if (slots[s].variable != child) cpa.estimates.push_back(estimates[v * slots.size() + s]);
      branches[c].running = true;
      self.send(child, std::move(cpa));
    }
  }

  /// After a bound has moved: goes on to another value, or tells the children that less is left for them.
  void reconsider(Agent auto& self) {
    const auto v = std::size_t(current);
    if (!(bounds.total(v) < best)) return give_up(self);
    for (std::uint32_t c = 0; c < branches.size(); ++c)
      if (branches[c].running) self.send(place.children()[c], Tighten{bounds.left_for(best, v, c), stamp});
  }

  void give_up(Agent auto& self) {
    call_back(self);
    open[std::size_t(current)] = false;
    current = no_value;
    try_next(self);
  }

  /// All children have solved their parts under the current value.
  void complete(Agent auto& self) {
    if (bounds.total(std::size_t(current)) < best) improve(self);
    open[std::size_t(current)] = false;
    current = no_value;
    try_next(self);
  }

  void improve(Agent auto& self) {
    best = bounds.total(std::size_t(current));
    found = true;
    best_values = collect(current);
    open[std::size_t(current)] = false;
    if (self.tree().parent[self.id()] != no_id) return;
    propose(self, best_values);
    decide(self, best_values);
  }

  void finish(Agent auto& self) {
    searching = false;
    current = no_value;
    const ComputationId parent = self.tree().parent[self.id()];
    if (parent == no_id) return;
    ContextCache::Result result{found ? best : bounds.lowest_total(), {}};
    if (found) result.values = best_values;
    self.send(parent, Report{asked, result.cost, result.values});
    cache.store(context, std::move(result));
  }

  void halt(Agent auto& self) {
    call_back(self);
    searching = false;
    current = no_value;
  }

  void call_back(Agent auto& self) {
    for (std::uint32_t c = 0; c < branches.size(); ++c) {
      if (branches[c].running) self.send(place.children()[c], Halt{});
      branches[c].running = false;
    }
  }

  // Results.

  /// The subtree's values, depth first.
  std::vector<ValueIndex> collect(ValueIndex own) const {
    std::vector<ValueIndex> values{own};
    for (const Branch& branch : branches) values.insert(values.end(), branch.values.begin(), branch.values.end());
    return values;
  }

  void decide(Agent auto& self, std::vector<ValueIndex> values) {
    value = values.front();
    auto from = values.begin() + 1;
    for (std::uint32_t c = 0; c < branches.size(); ++c) {
      const auto to = from + std::ptrdiff_t(branches[c].up.size);
      self.send(place.children()[c], Decide{{from, to}});
      from = to;
    }
  }

  /// What the parts of the objective without variables cost.
  static double constants(Agent auto& self) {
    double sum = 0;
    for (ConstraintId c = 0; c < self.problem().constraint_count(); ++c)
      if (self.problem().scope(c).empty()) sum += self.cost(c, {});
    return sum;
  }

  void propose(Agent auto& self, const std::vector<ValueIndex>& values) {
    if (values.size() != self.problem().variable_count()) return;  // what other trees have found is not known here
    const std::vector<VariableId> order = depth_first(self.tree(), self.id());
    std::vector<ValueIndex> assignment(values.size());
    for (std::size_t i = 0; i < order.size(); ++i) assignment[order[i]] = values[i];
    self.propose(assignment);
  }

  PathCosts costs;
  TreePlace place;
  State state = State::gathering;
  std::vector<Branch> branches;
  std::vector<Slot> slots;
  std::vector<ValueIndex> known, asked_of;  // scratch

  std::vector<ValueIndex> context;
  std::vector<double> above;  // what the parent knows about descendants
  std::uint64_t asked = 0;    // the parent's stamp
  bool searching = false;
  std::vector<double> estimates;  // by value and slot
  ChildBounds bounds;
  std::vector<char> open;         // values not tried yet
  ValueIndex current = no_value;  // the value that the children work on
  std::uint64_t stamp = 0;
  std::size_t waiting = 0;  // answers to come, of whatever kind
  double best = 0;          // what the next solution must beat
  bool found = false;       // `best` is a solution's cost
  std::vector<ValueIndex> best_values;
  ContextCache cache;

  // The root's, if its tree is the whole problem.
  double offset = -infinite;  // what costs in the search lie below those of the problem
  double proven = -infinite;
};

}  // namespace

Algorithm ptfb() { return algorithm_of<PtFb>(); }

}  // namespace entente::algorithms
