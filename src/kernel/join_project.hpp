// SPDX-License-Identifier: MIT
// Join and project: adds cost tables and minimises over one variable, without ever holding the table of the sum.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kernel/choice_table.hpp"
#include "kernel/cost_table.hpp"
#include "kernel/instruction_set.hpp"
#include "kernel/memory_budget.hpp"
#include "kernel/stop_signal.hpp"

namespace entente {

/// The sum of some tables, to be worked out when it is projected. Valid as long as the tables are.
struct Join {
  std::vector<TableView> tables;
};

/// Returns the sum of all tables of some ranges of CostTable: `join(constraints, utils)`.
template <typename... Ranges>
Join join(const Ranges&... ranges) {
  Join result;
  const auto add = [&](const auto& range) {
    for (const CostTable& table : range) result.tables.push_back(table.view());
  };
  (add(ranges), ...);
  return result;
}

/// The value of the own variable that is best for given values of the others; the lowest of several.
struct Choice {
  ValueIndex value = 0;
  double cost = 0;  ///< +infinity if no value is allowed; `value` is 0 then.
};

/// Returns every variable of `join` but `own`, by ascending id.
std::vector<Dimension> separator_of(const Join& join, VariableId own);

/// Does join-and-project steps and keeps its scratch memory between them: up to some 100 KiB a loop. One per thread.
class Projector {
 public:
  explicit Projector(InstructionSet set = best_instruction_set());
  ~Projector();
  Projector(Projector&&) noexcept;
  Projector& operator=(Projector&&) noexcept;

  /// Returns the table over `separator` of the least cost of `join` over all values of `own` (UTIL, in DPOP).
  ///
  /// Shape   scope = the separator as listed, the last variable fastest. Every variable of `join` but `own` must be in
  /// it.
  ///         Fastest if the variable that will be eliminated from the result comes first, then the others as
  ///         `preferred_order` of that next step has them.
  /// Errors  throws Error{too_large}, which names width and bytes, if the result passes the budget.
  /// Cost    O(cells of the sum) additions and minima; nothing but the result and scratch is allocated.
  /// Returns nothing if `stop` is raised meanwhile (asked about every millisecond).
  /// `choices`, if given, receives the best values, which take the place of `best_value` and of the inputs.
  std::optional<CostTable> project(const Join& join, Dimension own, std::span<const Dimension> separator,
                                   MemoryBudget& budget, const StopSignal& stop = {}, ChoiceTable* choices = nullptr);

  /// Returns the variables of `separator` that have more than one value in the order in which a step with tables of
  /// these shapes would like them to lie. The layout of the first `settled` tables is decided, that of others is not:
  /// only which variables they have matters. Cells are not read.
  std::vector<Dimension> preferred_order(const Join& join, std::size_t settled, Dimension own,
                                         std::span<const Dimension> separator);

  /// Returns the best value of `own` when separator[i] has values[i] (VALUE, in DPOP): the one `project` minimised
  /// with, to the last bit, if join and separator are as they were. O(inputs * (width + own domain)).
  Choice best_value(const Join& join, Dimension own, std::span<const Dimension> separator,
                    std::span<const ValueIndex> values);

  /// The same with costs from elsewhere: cost_of(k, v) is the cost of the k-th table when `own` has value v. The cells
  /// of the tables are not read.
  Choice best_value(const Join& join, Dimension own, std::span<const Dimension> separator,
                    const std::function<double(std::size_t, ValueIndex)>& cost_of);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One step on its own: `project(join(constraints, utils), own, separator, budget)`.
inline CostTable project(const Join& join, Dimension own, std::span<const Dimension> separator, MemoryBudget& budget) {
  return std::move(*Projector().project(join, own, separator, budget));
}

}  // namespace entente
