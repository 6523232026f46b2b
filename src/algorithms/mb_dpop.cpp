// SPDX-License-Identifier: MIT
// MB-DPOP, DPOP within a memory bound.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/graph/pseudotree.hpp"
#include "kernel/cost_table.hpp"
#include "kernel/elimination_workspace.hpp"
#include "kernel/join_project.hpp"
#include "kernel/table_message.hpp"

namespace entente::algorithms {
namespace {

/// DPOP whose tables have at most `max_dim` dimensions. A variable with a wider separator cuts the rest off: it sends
/// its table only for given values of those, once for each combination it is asked for.
///
/// LABEL: such a variable tells its parent its cut. REQUEST: the parent asks for a table at given values of the cut;
/// those it has not been given itself it goes through one after another. UTIL and VALUE are DPOP's; before a variable
/// picks its value it asks again for what it needs at the values it has learnt.
///
/// Cost  Memory per variable: for each child a table of at most max_dim + 1 dimensions. One UTIL per variable without a
///       cut, and one per combination of the values of all cuts on the way to the first variable without one.
/// From  Petcu & Faltings, "MB-DPOP: a new memory-bounded algorithm for distributed optimization", IJCAI 2007. Left
/// open
///       there: what is cut. Here: first what children have cut already, then the variables nearest the root. Each
///       variable goes through its own values, where the paper lets the cluster's root do so for all.
struct MbDpop {
  static constexpr Info info{.name = "mb_dpop",
                             .summary = "exact: DPOP with tables of few dimensions, repeated where they do not suffice",
                             .graph = Graph::pseudotree,
                             .timing = Timing::events,
                             .complete = true,
                             .confluent = true,
                             .source = "Petcu & Faltings, IJCAI 2007"};

  struct Params {
    std::int64_t max_dim = 3;
  };
  static constexpr auto parameters =
      std::tuple{integer("max_dim", &Params::max_dim, 0, 1000, "dimensions of the largest table that is sent")};
  static Pseudotree make_tree(const Problem& problem, const Params&) { return best_pseudotree(problem); }

  struct Label {
    std::vector<VariableId> cut;  // never empty
    bool fits(const MessageGround& at) const { return at.from_child() && !cut.empty() && at.part_of_separator(cut); }
  };
  struct Request {
    std::vector<ValueIndex> cut;  // values of the receiver's cut, in its order
    bool fits(const MessageGround& at) const { return at.from_parent(); }
  };
  using Util = TableMessage;
  struct Value {
    std::vector<ValueIndex> separator;  // values of the receiver's separator, in its order
    bool fits(const MessageGround& at) const { return at.from_parent() && at.own_context(separator); }
  };
  using Messages = Kinds<Label, Request, Util, Value>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    children.resize(self.tree().children[self.id()].size());
    known.assign(self.tree().separator[self.id()].size(), no_value);
    unknown_children = children.size();
    if (unknown_children == 0) label(self);
  }

  void receive(Agent auto& self, ComputationId from, Label&& message) {
    Child& sender = child(self, from);
    self.demand(unknown_children > 0 && sender.cut.empty() && !sender.table);
    sender.cut = std::move(message.cut);
    if (--unknown_children == 0) label(self);
  }
  void receive(Agent auto& self, ComputationId, const Request& message) {
    self.demand(unknown_children == 0 && asking == 0 && !choosing && !cut.empty() && message.cut.size() == cut.size());
    for (std::size_t k = 0; k < cut.size(); ++k)
      self.demand(message.cut[k] >= 0 && message.cut[k] < self.problem().domain_size(cut[k]));
    for (std::size_t k = 0; k < cut.size(); ++k) known[place(self, cut[k])] = message.cut[k];
    gather(self);
  }
  void receive(Agent auto& self, ComputationId from, Util&& message) {
    Child& sender = child(self, from);
    if (sender.cut.empty()) {
      self.demand(unknown_children > 0 && !sender.table);
      sender.table = std::move(message.table);
      if (--unknown_children == 0) label(self);
      return;
    }
    self.demand(sender.pending && completes(self, from, sender, message.table));
    keep(self, sender, std::move(message.table));
    if (next(self, sender)) return self.send(from, Request{sender.asked});
    sender.pending = false;
    if (--asking == 0) conclude(self);
  }
  void receive(Agent auto& self, ComputationId, const Value& message) {
    self.demand(unknown_children == 0 && asking == 0 && !choosing);
    known = message.separator;
    choosing = true;
    gather(self);
  }

 private:
  struct Child {
    std::vector<VariableId> cut;    // by ascending depth; empty if it needs no requests
    std::vector<ValueIndex> fixed;  // what `table` holds for: a value of each of the cut, or no_value: all its values
    std::vector<ValueIndex> asked;  // the request that is under way
    std::uint64_t answers = 0;
    bool pending = false;            // an answer is to come
    std::optional<CostTable> table;  // over what is not fixed, of the cut first
  };

  /// Every child's cut is known: decides on this variable's own.
  void label(Agent auto& self) {
    const auto separator = self.tree().separator[self.id()];
    const auto wanted = std::size_t(self.params().max_dim);
    if (separator.size() > wanted) {
      std::vector<std::uint8_t> taken(separator.size(), 0);
      std::size_t excess = separator.size() - wanted;
      for (const bool inherited : {true, false})
        for (std::size_t at = 0; at < separator.size() && excess > 0; ++at)
          if (!taken[at] && (!inherited || cut_below(separator[at]))) taken[at] = 1, --excess;
      for (std::size_t at = 0; at < separator.size(); ++at)
        if (taken[at]) cut.push_back(separator[at]);
    }
    if (cut.empty()) return gather(self);
    self.send(self.tree().parent[self.id()], Label{cut});
  }
  bool cut_below(VariableId variable) const {
    return std::any_of(children.begin(), children.end(),
                       [&](const Child& c) { return std::find(c.cut.begin(), c.cut.end(), variable) != c.cut.end(); });
  }

  /// Asks children with cuts for what fits the known values, unless it is there already.
  void gather(Agent auto& self) {
    asking = 0;
    for (Child& c : children) {
      if (fits(self, c)) continue;
      c.table.reset();
      c.fixed.clear();
      for (const VariableId v : c.cut) c.fixed.push_back(v == self.id() ? no_value : known[place(self, v)]);
      c.asked = c.fixed;
      std::replace(c.asked.begin(), c.asked.end(), no_value, ValueIndex(0));
      c.answers = 0;
      c.pending = true;
      ++asking;
    }
    if (asking == 0) return conclude(self);
    for (std::size_t i = 0; i < children.size(); ++i)
      if (!children[i].table) self.send(self.tree().children[self.id()][i], Request{children[i].asked});
  }
  bool fits(Agent auto& self, const Child& c) const {
    if (!c.table) return false;
    for (std::size_t k = 0; k < c.cut.size(); ++k)
      if (c.fixed[k] != no_value && known[place(self, c.cut[k])] != c.fixed[k]) return false;
    return true;
  }

  /// Whether an answer is about all of the sender's separator that its cut leaves out.
  static bool completes(Agent auto& self, ComputationId from, const Child& c, const CostTable& answer) {
    const auto scope = answer.scope();
    return scope.size() + c.cut.size() == self.tree().separator[from].size() &&
           std::find_first_of(scope.begin(), scope.end(), c.cut.begin(), c.cut.end()) == scope.end();
  }
  /// Puts an answer where it belongs in the child's table.
  void keep(Agent auto& self, Child& c, CostTable&& answer) {
    if (std::find(c.fixed.begin(), c.fixed.end(), no_value) == c.fixed.end()) {
      c.table = std::move(answer);
      return;
    }
    const auto cells = answer.cells();
    if (!c.table) {
      std::vector<VariableId> scope;
      std::vector<ValueIndex> sizes;
      for (std::size_t k = 0; k < c.cut.size(); ++k) {
        if (c.fixed[k] != no_value) continue;
        scope.push_back(c.cut[k]);
        sizes.push_back(self.problem().domain_size(c.cut[k]));
      }
      scope.insert(scope.end(), answer.scope().begin(), answer.scope().end());
      sizes.insert(sizes.end(), answer.sizes().begin(), answer.sizes().end());
      c.table.emplace(std::move(scope), std::move(sizes), shared(self).budget);
    }
    std::copy(cells.begin(), cells.end(), c.table->writable() + c.answers * cells.size());
    ++c.answers;
  }
  /// Moves a child's request on to the next combination; false if that was the last.
  static bool next(Agent auto& self, Child& c) {
    for (std::size_t k = c.cut.size(); k-- > 0;) {
      if (c.fixed[k] != no_value) continue;
      if (++c.asked[k] < self.problem().domain_size(c.cut[k])) return true;
      c.asked[k] = 0;
    }
    return false;
  }

  /// Everything is there: sends the table, or picks a value.
  void conclude(Agent auto& self) {
    const StopSignal stop{self.stop_flag(), {}};
    EliminationWorkspace& memory = shared(self);
    if (!tabulated) {
      for (const ConstraintId c : self.tree().constraints[self.id()])
        if (auto table = tabulate(self.problem(), c, memory.budget, stop)) costs.push_back(std::move(*table));
      if (auto table = tabulate_unary(self.problem(), self.id(), memory.budget)) costs.push_back(std::move(*table));
      tabulated = true;
    }
    if (self.stop_requested()) return;
    const ComputationId parent = self.tree().parent[self.id()];
    if (choosing || parent == no_id) return choose(self);
    std::vector<CostTable> sliced;
    const auto add = [&](const CostTable& table) {
      const std::size_t before = sliced.size();
      for (const VariableId v : cut) {
        const TableView view = sliced.size() > before ? sliced.back().view() : table.view();
        if (std::find(view.scope.begin(), view.scope.end(), v) == view.scope.end()) continue;
        CostTable part = slice(view, v, known[place(self, v)], memory.budget);
        if (sliced.size() > before) sliced.pop_back();
        sliced.push_back(std::move(part));
      }
      if (sliced.size() == before)
        sliced.push_back(CostTable::borrow({table.scope().begin(), table.scope().end()},
                                           {table.sizes().begin(), table.sizes().end()}, table.cells().data()));
    };
    for (const CostTable& table : costs) add(table);
    for (const Child& c : children) add(*c.table);
    std::vector<Dimension> result;  // the parent comes first
    const auto separator = self.tree().separator[self.id()];
    for (std::size_t at = separator.size(); at-- > 0;)
      if (std::find(cut.begin(), cut.end(), separator[at]) == cut.end())
        result.push_back(dimension(self, separator[at]));
    auto util = projector().project(join(sliced), dimension(self, self.id()), result, memory.budget, stop);
    if (!util) return;  // stopped
    self.check(util->cells().size() * std::uint64_t(self.domain()) * sliced.size());
    self.send(parent, Util{std::move(*util)});
  }

  void choose(Agent auto& self) {
    std::vector<Dimension> separator;
    for (const VariableId v : self.tree().separator[self.id()]) separator.push_back(dimension(self, v));
    Join sum = join(costs);
    for (const Child& c : children) sum.tables.push_back(c.table->view());
    self.check(std::uint64_t(self.domain()) * sum.tables.size());
    const Choice best = projector().best_value(sum, dimension(self, self.id()), separator, known);
    if (separator.empty() && !(best.cost < std::numeric_limits<double>::infinity())) shared(self).infeasible = true;
    value = best.value;
    costs.clear();
    for (std::size_t i = 0; i < children.size(); ++i) {
      children[i].table.reset();
      const ComputationId receiver = self.tree().children[self.id()][i];
      Value message;
      for (const VariableId v : self.tree().separator[receiver])
        message.separator.push_back(v == self.id() ? value : known[place(self, v)]);
      self.send(receiver, std::move(message));
    }
  }

  /// Position in this variable's separator.
  static std::size_t place(Agent auto& self, VariableId variable) {
    const auto separator = self.tree().separator[self.id()];
    return std::size_t(std::find(separator.begin(), separator.end(), variable) - separator.begin());
  }
  Child& child(Agent auto& self, ComputationId id) {
    const auto list = self.tree().children[self.id()];
    return children[std::size_t(std::lower_bound(list.begin(), list.end(), id) - list.begin())];
  }
  static Dimension dimension(Agent auto& self, VariableId variable) {
    return {variable, self.problem().domain_size(variable)};
  }
  static EliminationWorkspace& shared(Agent auto& self) { return self.template workspace<EliminationWorkspace>(); }
  static Projector& projector() {
    thread_local Projector scratch;
    return scratch;
  }

  std::vector<Child> children;
  std::vector<VariableId> cut;    // by ascending depth
  std::vector<ValueIndex> known;  // of the separator: what a request or the values from above say
  std::vector<CostTable> costs;   // own constraints
  std::size_t unknown_children = 0, asking = 0;
  bool tabulated = false;
  bool choosing = false;  // the values from above are here
};

}  // namespace

Algorithm mb_dpop() { return algorithm_of<MbDpop>(); }

}  // namespace entente::algorithms
