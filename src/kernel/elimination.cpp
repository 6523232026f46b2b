// SPDX-License-Identifier: MIT
// Up the tree with costs, down the tree with values.
#include "kernel/elimination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "entente/base/error.hpp"
#include "kernel/cost_table.hpp"
#include "kernel/join_project.hpp"

namespace entente {
namespace {

constexpr std::uint64_t uncountable = std::numeric_limits<std::uint64_t>::max();
// Beyond this, getting fresh memory for every table takes longer than noting choices in memory used again and again.
constexpr std::uint64_t plenty = std::uint64_t(512) << 20;

std::uint64_t add(std::uint64_t a, std::uint64_t b) { return a > uncountable - b ? uncountable : a + b; }

/// The tree's children, and an order of elimination that holds few tables at a time.
struct Order {
  std::vector<std::uint32_t> first_child;  // size n + 1
  std::vector<VariableId> children;        // by variable, in the order they are to be eliminated
  std::vector<VariableId> roots, postorder;

  std::span<const VariableId> children_of(VariableId v) const {
    return {children.data() + first_child[v], first_child[v + 1] - first_child[v]};
  }
  std::span<VariableId> children_of(VariableId v) {
    return {children.data() + first_child[v], first_child[v + 1] - first_child[v]};
  }
};

/// Bytes of one variable's step.
struct StepBytes {
  std::uint64_t util = 0;     // its table
  std::uint64_t choices = 0;  // its best values
  std::uint64_t inputs = 0;   // copies of its own constraints, needed while it is eliminated
  std::uint64_t peak = 0;     // most in use at a time while its subtree is eliminated, choices left out
};

Order children_of(const EliminationView& tree) {
  const auto n = static_cast<VariableId>(tree.parent.size());
  Order order;
  order.first_child.assign(n + 1, 0);
  for (VariableId v = 0; v < n; ++v)
    if (tree.parent[v] == no_id)
      order.roots.push_back(v);
    else
      ++order.first_child[tree.parent[v] + 1];
  for (VariableId v = 0; v < n; ++v) order.first_child[v + 1] += order.first_child[v];
  order.children.resize(order.first_child[n]);
  std::vector<std::uint32_t> next(order.first_child.begin(), order.first_child.end() - 1);
  for (VariableId v = 0; v < n; ++v)
    if (tree.parent[v] != no_id) order.children[next[tree.parent[v]]++] = v;
  return order;
}

std::vector<StepBytes> step_bytes(const Problem& problem, const EliminationView& tree) {
  std::vector<StepBytes> bytes(problem.variable_count());
  std::vector<ValueIndex> sizes;
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    const auto ancestors = tree.separator[v];
    sizes.resize(ancestors.size());
    std::transform(ancestors.begin(), ancestors.end(), sizes.begin(),
                   [&](VariableId a) { return problem.domain_size(a); });
    bytes[v].util = table_bytes(sizes);
    bytes[v].choices = ChoiceTable::bytes(cell_count(sizes), problem.domain_size(v));
    bytes[v].inputs = problem.unary_costs(v).size() * sizeof(double);
    for (const ConstraintId c : tree.constraints[v])
      bytes[v].inputs = add(bytes[v].inputs, tabulated_bytes(problem, c));
  }
  return bytes;
}

// Liu, "On the storage requirement in the out-of-core multifrontal method", ACM TOMS 12 (1986) 249-264: children with
// the greatest difference between peak and what stays go first.
void order_for_memory(const EliminationView& tree, std::vector<StepBytes>& bytes, Order& order) {
  for (const VariableId v : tree.elimination) {
    const auto children = order.children_of(v);
    std::stable_sort(children.begin(), children.end(), [&](VariableId a, VariableId b) {
      return bytes[a].peak - bytes[a].util > bytes[b].peak - bytes[b].util;
    });
    std::uint64_t held = 0;
    for (const VariableId child : children) {
      bytes[v].peak = std::max(bytes[v].peak, add(held, bytes[child].peak));
      held = add(held, bytes[child].util);
    }
    bytes[v].peak = std::max(bytes[v].peak, add(add(held, bytes[v].inputs), bytes[v].util));
  }
  // Visiting parents first and children last to first, then turning it all round, gives children first to last.
  std::vector<VariableId> open(order.roots.begin(), order.roots.end());
  while (!open.empty()) {
    const VariableId v = open.back();
    open.pop_back();
    order.postorder.push_back(v);
    for (const VariableId child : order.children_of(v)) open.push_back(child);
  }
  std::reverse(order.postorder.begin(), order.postorder.end());
}

EliminationMemory total(const EliminationView& tree, const std::vector<StepBytes>& bytes) {
  EliminationMemory memory;
  std::uint64_t peak = 0, choices = 0, inputs = 0;
  for (VariableId v = 0; v < bytes.size(); ++v) {
    memory.keeping_inputs = add(memory.keeping_inputs, bytes[v].util);
    inputs = std::max(inputs, bytes[v].inputs);
    choices = add(choices, bytes[v].choices);
    peak = std::max(peak, bytes[v].peak);
    memory.width = std::max<std::uint64_t>(memory.width, tree.separator[v].size());
  }
  memory.keeping_inputs = add(memory.keeping_inputs, inputs);
  memory.keeping_choices = add(peak, choices);
  return memory;
}

/// Shapes of the tables that one step adds up: its own constraints and costs, then its children's messages.
class StepShapes {
 public:
  StepShapes(const Problem& problem, const EliminationView& tree, VariableId v)
      : self_{v, problem.domain_size(v)}, problem_(problem) {
    for (const ConstraintId c : tree.constraints[v]) add(problem.scope(c));
    if (!problem.unary_costs(v).empty()) join_.tables.push_back({{&self_.variable, 1}, {&self_.size, 1}, nullptr});
    own_ = join_.tables.size();
  }
  StepShapes(const StepShapes&) = delete;

  void add(std::span<const VariableId> scope) {
    sizes_.emplace_back();
    for (const VariableId w : scope) sizes_.back().push_back(problem_.domain_size(w));
    join_.tables.push_back({scope, sizes_.back(), nullptr});
  }
  const Dimension& self() const { return self_; }
  const Join& join() const { return join_; }
  std::size_t own() const { return own_; }  // tables that are not messages

 private:
  Dimension self_;
  const Problem& problem_;
  std::vector<std::vector<ValueIndex>> sizes_;
  Join join_;
  std::size_t own_ = 0;
};

/// For every variable the order of its message's variables, in rows like the tree's separators.
class Layouts {
 public:
  // Parents before children: what a step would like its inputs to be like depends on how its result is to lie.
  Layouts(const Problem& problem, const EliminationView& tree, const Order& order)
      : problem_(problem),
        first_(tree.separator.first),
        items_(tree.separator.items.begin(), tree.separator.items.end()) {
    for (VariableId v = 0; v < problem.variable_count(); ++v) std::ranges::reverse(row(v));
    std::vector<std::size_t> rank(problem.variable_count(), 0);
    Projector projector;
    for (auto v = order.postorder.rbegin(); v != order.postorder.rend(); ++v) {
      const auto children = order.children_of(*v);
      if (std::ranges::none_of(children, [&](VariableId child) { return row(child).size() > 2; })) continue;
      StepShapes shapes(problem, tree, *v);
      for (const VariableId child : children) shapes.add(row(child));
      std::size_t next = 0;
      for (const Dimension& dimension :
           projector.preferred_order(shapes.join(), shapes.own(), shapes.self(), separator(*v)))
        rank[dimension.variable] = ++next;
      for (const VariableId child : children)
        std::ranges::stable_sort(row(child).subspan(1), {}, [&](VariableId w) { return rank[w]; });
      for (const VariableId w : row(*v)) rank[w] = 0;
    }
  }

  std::vector<Dimension> separator(VariableId v) const {
    std::vector<Dimension> separator;
    separator.reserve(first_[v + 1] - first_[v]);
    for (std::uint32_t i = first_[v]; i < first_[v + 1]; ++i)
      separator.push_back({items_[i], problem_.domain_size(items_[i])});
    return separator;
  }
  std::vector<VariableId> take_items() && { return std::move(items_); }

 private:
  std::span<VariableId> row(VariableId v) { return {items_.data() + first_[v], first_[v + 1] - first_[v]}; }

  const Problem& problem_;
  std::span<const std::uint32_t> first_;
  std::vector<VariableId> items_;
};

class Eliminator {
 public:
  Eliminator(const Problem& problem, const EliminationView& tree, MemoryBudget& budget, const StopSignal& stop,
             InstructionSet set)
      : problem_(problem), tree_(tree), budget_(budget), stop_(stop), projector_(set), order_(children_of(tree)) {
    std::vector<StepBytes> bytes = step_bytes(problem, tree);
    order_for_memory(tree, bytes, order_);
    const EliminationMemory memory = total(tree, bytes);
    const std::uint64_t free = budget.limit() - std::min(budget.used(), budget.limit());
    const bool cheap = memory.keeping_inputs <= plenty || memory.keeping_choices > memory.keeping_inputs / 2;
    keep_inputs_ = memory.keeping_inputs <= free && (cheap || memory.keeping_choices > free);
    if (!keep_inputs_ && memory.keeping_choices > free)
      throw Error(ErrorCode::too_large,
                  fmt::format("exact elimination of width {} needs {} for its tables, but only {} are allowed; allow "
                              "more memory (--memory), try another tree, or use a local method",
                              memory.width, bytes_to_text(std::min(memory.keeping_inputs, memory.keeping_choices)),
                              bytes_to_text(free)));
  }

  Elimination run() {
    for (ConstraintId c = 0; c < problem_.constraint_count(); ++c)
      if (problem_.scope(c).empty() && problem_.is_hard(problem_.cost(c, {}))) return infeasible();
    layouts_.emplace(problem_, tree_, order_);
    utils_.resize(problem_.variable_count());
    if (!keep_inputs_) choices_.resize(problem_.variable_count());
    for (const VariableId v : order_.postorder) {
      if (!eliminate(v)) return result_;
      if (tree_.parent[v] != no_id) continue;
      if (!(utils_[v].cells()[0] < std::numeric_limits<double>::infinity())) return infeasible();
      utils_[v] = CostTable();
    }
    result_.assignment.assign(problem_.variable_count(), no_value);
    // Parents come before children in the reverse order.
    for (auto v = order_.postorder.rbegin(); v != order_.postorder.rend(); ++v)
      result_.assignment[*v] = keep_inputs_ ? best_value(*v) : chosen_value(*v);
    result_.cost = problem_.evaluate(result_.assignment).cost;
    result_.status = Elimination::Status::optimal;
    return std::move(result_);
  }

 private:
  Elimination infeasible() {
    result_.status = Elimination::Status::infeasible;
    return std::move(result_);
  }

  // False if stopped.
  bool eliminate(VariableId v) {
    std::vector<CostTable> own;
    for (const ConstraintId c : tree_.constraints[v]) {
      auto table = tabulate(problem_, c, budget_, stop_);
      if (!table) return false;
      own.push_back(std::move(*table));
    }
    if (auto unary = tabulate_unary(problem_, v, budget_)) own.push_back(std::move(*unary));

    Join sum = join(own);
    for (const VariableId child : order_.children_of(v)) sum.tables.push_back(utils_[child].view());
    const Dimension self{v, problem_.domain_size(v)};
    auto util =
        projector_.project(sum, self, layouts_->separator(v), budget_, stop_, keep_inputs_ ? nullptr : &choices_[v]);
    if (!util) return false;
    result_.cells += static_cast<double>(util->cells().size()) * static_cast<double>(self.size);
    utils_[v] = std::move(*util);
    if (!keep_inputs_)
      for (const VariableId child : order_.children_of(v)) utils_[child] = CostTable();
    return true;
  }

  ValueIndex best_value(VariableId v) {
    const auto constraints = tree_.constraints[v];
    const auto children = order_.children_of(v);
    // The same tables in the same order as on the way up; of constraints only the shapes are needed.
    StepShapes shapes(problem_, tree_, v);
    for (const VariableId child : children) shapes.add(utils_[child].scope());
    std::vector<ValueIndex> tuple;
    const auto cost_of = [&](std::size_t k, ValueIndex value) {
      result_.assignment[v] = value;
      if (k >= shapes.own()) {
        const CostTable& util = utils_[children[k - shapes.own()]];
        return util.cells()[cell_of(util.scope(), util.sizes())];
      }
      if (k >= constraints.size())
        return working_cost(problem_, problem_.unary_costs(v)[static_cast<std::size_t>(value)]);
      tuple.clear();
      for (const VariableId w : problem_.scope(constraints[k])) tuple.push_back(result_.assignment[w]);
      return working_cost(problem_, problem_.cost(constraints[k], tuple));
    };
    return projector_.best_value(shapes.join(), shapes.self(), layouts_->separator(v), cost_of).value;
  }

  ValueIndex chosen_value(VariableId v) const {
    return choices_[v].get(cell_of(choices_[v].scope(), choices_[v].sizes()));
  }

  // The cell of a table at the values assigned so far.
  std::uint64_t cell_of(std::span<const VariableId> scope, std::span<const ValueIndex> sizes) const {
    std::uint64_t cell = 0;
    for (std::size_t i = 0; i < scope.size(); ++i)
      cell = cell * static_cast<std::uint64_t>(sizes[i]) + static_cast<std::uint64_t>(result_.assignment[scope[i]]);
    return cell;
  }

  const Problem& problem_;
  EliminationView tree_;
  MemoryBudget& budget_;
  const StopSignal& stop_;
  Projector projector_;
  Order order_;
  std::optional<Layouts> layouts_;
  bool keep_inputs_ = true;
  std::vector<CostTable> utils_;
  std::vector<ChoiceTable> choices_;
  Elimination result_;
};

}  // namespace

EliminationMemory elimination_memory(const Problem& problem, const EliminationView& tree) {
  std::vector<StepBytes> bytes = step_bytes(problem, tree);
  Order order = children_of(tree);
  order_for_memory(tree, bytes, order);
  return total(tree, bytes);
}

std::vector<VariableId> message_layouts(const Problem& problem, const EliminationView& tree) {
  std::vector<StepBytes> bytes = step_bytes(problem, tree);
  Order order = children_of(tree);
  order_for_memory(tree, bytes, order);
  return Layouts(problem, tree, order).take_items();
}

Elimination eliminate(const Problem& problem, const EliminationView& tree, MemoryBudget& budget, const StopSignal& stop,
                      InstructionSet set) {
  return Eliminator(problem, tree, budget, stop, set).run();
}

}  // namespace entente
