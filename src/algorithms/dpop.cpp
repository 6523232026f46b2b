// SPDX-License-Identifier: MIT
// DPOP, the Distributed Pseudo-tree Optimisation Procedure.
#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/graph/pseudotree.hpp"
#include "kernel/choice_table.hpp"
#include "kernel/cost_table.hpp"
#include "kernel/elimination_workspace.hpp"
#include "kernel/join_project.hpp"

namespace entente::algorithms {
namespace {

/// Costs travel up a pseudo-tree, values travel down, and the result is an optimum.
///
/// UTIL: a variable adds its constraints and its children's tables, minimises over its own values, and sends the table
/// over its separator to its parent. VALUE: the root picks its best value; each variable learns its separator's values
/// and picks its own.
///
/// Cost  One UTIL message per variable but the roots, of 8 bytes per combination of the separator's values; one VALUE
///       message each. Time and memory are exponential in the induced width.
/// From  Petcu & Faltings, "A scalable method for multiagent constraint optimization", IJCAI 2005. Left open there: the
///       pseudo-tree. Any bucket tree will do, as a constraint's variables lie on one path; ties go to the lowest
///       value.
struct Dpop {
  static constexpr Info info{.name = "dpop",
                             .summary = "exact: tables of costs up a pseudo-tree, values down",
                             .graph = Graph::pseudotree,
                             .timing = Timing::events,
                             .complete = true,
                             .confluent = true,
                             .source = "Petcu & Faltings, IJCAI 2005"};

  enum class Tree { dfs, min_fill, best };
  struct Params {
    Tree tree = Tree::best;
  };
  static constexpr auto parameters =
      std::tuple{choice("tree", &Params::tree, {"dfs", "min_fill", "best"},
                        "the pseudo-tree: depth first, by min-fill elimination, or the cheapest of several")};
  static constexpr bool whole_tables = true;
  static Pseudotree make_tree(const Problem& problem, const Params& params) {
    switch (params.tree) {
      case Tree::dfs: return make_pseudotree(problem, TreeHeuristic::dfs_max_degree);
      case Tree::min_fill: return make_pseudotree(problem, TreeHeuristic::min_fill);
      case Tree::best: break;
    }
    return best_pseudotree(problem);
  }

  struct Util {
    CostTable table;
    std::size_t bytes() const { return table.cells().size_bytes() + table.scope().size_bytes(); }
    void encode(Writer& out) const {
      out(std::vector(table.scope().begin(), table.scope().end()));
      out(std::vector(table.sizes().begin(), table.sizes().end()));
      out.numbers(table.cells());
    }
    static std::optional<Util> decode(Reader& in) {
      std::vector<VariableId> scope;
      std::vector<ValueIndex> sizes;
      auto* const memory = in.context<EliminationWorkspace>();
      if (!memory || !in(scope) || !in(sizes) || scope.size() != sizes.size()) return {};
      if (std::any_of(sizes.begin(), sizes.end(), [](ValueIndex size) { return size < 1; })) return {};
      if (table_bytes(sizes) != in.rest()) return {};
      CostTable table(std::move(scope), std::move(sizes), memory->budget);
      if (!in.numbers(std::span(table.writable(), table.cells().size()))) return {};
      return Util{std::move(table)};
    }
    bool fits(const MessageGround& at) const {
      return at.from_child() && table.scope().size() == at.separator(at.from()).size() &&
             at.table(table.scope(), table.sizes(), table.cells());
    }
  };
  struct Value {
    std::vector<ValueIndex> separator;  // values of the receiver's separator, in its order
    std::size_t bytes() const { return separator.size() * sizeof(ValueIndex); }
    bool fits(const MessageGround& at) const {
      const VariableId* const layout = at.workspace<EliminationWorkspace>().layouts.data();
      return at.from_parent() &&
             at.values({layout + at.tree().separator.first[at.to()], at.separator(at.to()).size()}, separator);
    }
  };
  using Messages = Kinds<Util, Value>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    waiting = self.tree().children[self.id()].size();
    utils.resize(waiting);
    if (waiting == 0) send_util(self);
  }

  void receive(Agent auto& self, ComputationId child, Util&& util) {
    self.demand(waiting > 0);
    const auto children = self.tree().children[self.id()];
    CostTable& place = utils[std::size_t(std::lower_bound(children.begin(), children.end(), child) - children.begin())];
    self.demand(place.scope().empty());  // its first
    place = std::move(util.table);
    if (--waiting == 0) send_util(self);
  }

  void receive(Agent auto& self, ComputationId, const Value& message) {
    self.demand(waiting == 0 && value == no_value);
    const Dimension own = dimension(self, self.id());
    value = shared(self).keep_choices
                ? choices.get(cell_of(self, message.separator))
                : projector().best_value(join(costs, utils), own, separator(self, self.id()), message.separator).value;
    send_values(self, message.separator);
  }

 private:
  void send_util(Agent auto& self) {
    EliminationWorkspace& memory = shared(self);
    const StopSignal stop{self.stop_flag(), {}};
    for (const ConstraintId c : self.tree().constraints[self.id()])
      if (auto table = tabulate(self.problem(), c, memory.budget, stop)) costs.push_back(std::move(*table));
    if (auto table = tabulate_unary(self.problem(), self.id(), memory.budget)) costs.push_back(std::move(*table));
    if (self.stop_requested()) return;
    const Dimension own = dimension(self, self.id());
    const ComputationId parent = self.tree().parent[self.id()];
    const std::uint64_t checks = std::uint64_t(own.size) * (costs.size() + utils.size());  // for a cell of the result
    if (parent == no_id) {
      self.check(checks);
      const Choice best = projector().best_value(join(costs, utils), own, {}, std::span<const ValueIndex>{});
      if (!(best.cost < std::numeric_limits<double>::infinity())) memory.infeasible = true;
      value = best.value;
      return send_values(self, {});
    }
    auto util = projector().project(join(costs, utils), own, separator(self, self.id()), memory.budget, stop,
                                    memory.keep_choices ? &choices : nullptr);
    if (!util) return;  // stopped
    self.check(checks * util->cells().size());
    if (memory.keep_choices) drop_tables();
    self.send(parent, Util{std::move(*util)});
  }

  /// Tells each child the values of its separator: all of them are this variable's own or in its separator.
  void send_values(Agent auto& self, const std::vector<ValueIndex>& known) {
    drop_tables();
    const std::vector<Dimension> mine = separator(self, self.id());
    for (const ComputationId child : self.tree().children[self.id()]) {
      Value message;
      for (const Dimension& needed : separator(self, child)) {
        const auto at =
            std::find_if(mine.begin(), mine.end(), [&](const auto& d) { return d.variable == needed.variable; });
        message.separator.push_back(at == mine.end() ? value : known[std::size_t(at - mine.begin())]);
      }
      self.send(child, std::move(message));
    }
  }

  /// A variable's separator, in the order its table lies in.
  static std::vector<Dimension> separator(Agent auto& self, VariableId variable) {
    const IdLists& rows = self.tree().separator;
    std::vector<Dimension> list;
    for (std::uint32_t at = rows.first[variable]; at < rows.first[variable + 1]; ++at)
      list.push_back(dimension(self, shared(self).layouts[at]));
    return list;
  }
  static Dimension dimension(Agent auto& self, VariableId variable) {
    return {variable, self.problem().domain_size(variable)};
  }
  static std::uint64_t cell_of(Agent auto& self, const std::vector<ValueIndex>& values) {
    std::uint64_t cell = 0;
    const std::vector<Dimension> list = separator(self, self.id());
    for (std::size_t i = 0; i < list.size(); ++i) cell = cell * std::uint64_t(list[i].size) + std::uint64_t(values[i]);
    return cell;
  }
  static EliminationWorkspace& shared(Agent auto& self) { return self.template workspace<EliminationWorkspace>(); }
  static Projector& projector() {
    thread_local Projector scratch;
    return scratch;
  }
  void drop_tables() {
    costs.clear();
    utils.clear();
  }

  std::size_t waiting = 0;
  std::vector<CostTable> costs;  // own constraints
  std::vector<CostTable> utils;  // by child
  ChoiceTable choices;
};

}  // namespace

Algorithm dpop() { return algorithm_of<Dpop>(); }

}  // namespace entente::algorithms
