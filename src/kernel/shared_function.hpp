// SPDX-License-Identifier: MIT
// SharedFunction: a cost function as one agent tells it to another.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "entente/problem/problem.hpp"

namespace entente {

/// By how much each combination of values costs more than the cheapest (to be minimised whatever the problem's
/// objective); infinite where it is hard, everywhere if every combination is.
struct FunctionTable {
  /// Added to a variable's id: the key of its own costs. Smaller keys are constraints.
  static constexpr std::uint64_t own_costs = std::uint64_t(1) << 32;

  std::uint64_t key = 0;           ///< Which of the problem's functions this is.
  std::vector<VariableId> scope;   ///< Distinct, at least one.
  std::vector<ValueIndex> sizes;   ///< Of their domains.
  std::vector<double> cells;       ///< Row-major, last variable fastest; empty if the function is sparse.
  double default_excess = 0;       ///< Sparse: of all combinations but `tuples`,
  std::vector<ValueIndex> tuples;  ///< in lexicographic order, without duplicates,
  std::vector<double> excesses;    ///< one for each of these.
  double largest = 0;              ///< The largest finite excess.

  /// O(arity), or O(arity log(tuples)) if sparse.
  double excess(std::span<const ValueIndex> tuple) const;
  /// Whether the parts fit each other, as those of messages from anywhere may not. Sets `largest`.
  bool complete();
};

/// Read by many at once, and never changed. In process only a pointer travels; on a wire, the table.
class SharedFunction {
 public:
  SharedFunction() = default;
  explicit SharedFunction(FunctionTable table) : table_(std::make_shared<const FunctionTable>(std::move(table))) {}

  const FunctionTable* operator->() const { return table_.get(); }
  const FunctionTable& operator*() const { return *table_; }

  template <class Writer>
  void encode(Writer& out) const {
    const FunctionTable& t = *table_;
    out(t.key), out(t.scope), out(t.sizes), out(t.cells), out(t.default_excess), out(t.tuples), out(t.excesses);
  }
  template <class Reader>
  static std::optional<SharedFunction> decode(Reader& in) {
    FunctionTable t;
    const bool read = in(t.key) && in(t.scope) && in(t.sizes) && in(t.cells) && in(t.default_excess) && in(t.tuples) &&
                      in(t.excesses);
    if (!read || !t.complete()) return std::nullopt;
    return SharedFunction(std::move(t));
  }
  /// Whether it is a function that `variable` takes part in, by its key; `at` has the problem.
  bool belongs(const auto& at, VariableId variable) const {
    const auto is = [&](std::span<const VariableId> scope) {
      return std::ranges::equal(scope, table_->scope) && std::ranges::count(scope, variable) == 1;
    };
    const bool known =
        table_->key >= FunctionTable::own_costs
            ? table_->key == FunctionTable::own_costs + variable && is({&variable, 1})
            : table_->key < at.problem().constraint_count() && is(at.problem().scope(ConstraintId(table_->key)));
    return known && at.sizes(table_->scope, table_->sizes);
  }

 private:
  std::shared_ptr<const FunctionTable> table_;
};

/// Returns the functions that `variable` takes part in, its own costs included; those that cost the same whatever the
/// values are left out. O(cells).
std::vector<SharedFunction> shared_functions(const Problem& problem, VariableId variable);

/// Why a problem's functions cannot be shared; empty if they can.
std::string cannot_share(const Problem& problem);

/// Sum over the parts of `problem` (constraints, variables' own costs) of the best that each can be, in the problem's
/// own costs; infinite if one is forbidden whatever the values. O(cells).
double sum_of_best(const Problem& problem);

}  // namespace entente
