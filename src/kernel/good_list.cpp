// SPDX-License-Identifier: MIT
#include "kernel/good_list.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "entente/base/contract.hpp"

namespace entente {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// Bytes that solving may take.
constexpr std::uint64_t memory = std::uint64_t(1) << 28;
/// Counted work of searches that need not end: for a plan, and for a smaller set of members that is responsible.
constexpr std::uint64_t plan_work = 200'000, shrink_work = 20'000;

/// The power of two next above `x`, which is positive.
double power_above(double x) { return std::exp2(std::floor(std::log2(x)) + 1); }

void sort_out(std::vector<VariableId>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

std::uint32_t GoodList::place(VariableId variable) {
  const auto [at, fresh] = places_.try_emplace(variable, std::uint32_t(variables_.size()));
  if (fresh) {
    variables_.push_back({variable});
    changed_.push_back(no_value);
  }
  return at->second;
}

bool GoodList::learn(const SharedFunction& function) {
  if (!keys_.insert(function->key).second) return false;
  Function one{function, {}};
  for (std::size_t i = 0; i < function->scope.size(); ++i) {
    one.places.push_back(place(function->scope[i]));
    variables_[one.places.back()].size = function->sizes[i];
  }
  for (const std::uint32_t p : one.places) {
    variables_[p].functions.push_back(std::uint32_t(functions_.size()));
    for (const VariableId other : function->scope)
      if (other != variables_[p].id) variables_[p].neighbours.push_back(other);
    sort_out(variables_[p].neighbours);
  }
  functions_.push_back(std::move(one));
  return true;
}

bool GoodList::hear(VariableId variable, ValueIndex value, std::uint32_t version) {
  Variable& v = variables_[place(variable)];
  if (v.value != no_value && version < v.version) return false;
  v.version = version;
  if (v.value == value) return false;
  v.value = value;
  return true;
}

const std::vector<VariableId>& GoodList::neighbours(VariableId variable) const {
  return variables_[places_.at(variable)].neighbours;
}

ValueIndex GoodList::value(VariableId variable) const {
  const auto at = places_.find(variable);
  return at == places_.end() ? no_value : variables_[at->second].value;
}

bool GoodList::contains(VariableId variable) const {
  const auto at = places_.find(variable);
  return at != places_.end() && variables_[at->second].member;
}

void GoodList::set_members(const std::vector<VariableId>& members) {
  if (members == members_) return;
  members_ = members;
  for (const VariableId v : members) variables_[place(v)].member = true;
  optimum_.known = false;
  double largest = 0;
  for (std::uint32_t f = 0; f < functions_.size(); ++f) {
    Function& function = functions_[f];
    largest += function.table->largest;
    if (function.inside || !std::ranges::all_of(function.places, [&](auto p) { return variables_[p].member; }))
      continue;
    function.inside = true;
    inside_.push_back(f);
  }
  // A sum of m terms rounds m - 1 times, each time by at most 2^-53 of it.
  rounding_ = 0x1p-52 * double(functions_.size()) * largest;
}

RankedCost GoodList::cost_of(const Function& function, bool changed) const {
  tuple_.clear();
  for (const std::uint32_t p : function.places) {
    const ValueIndex now = variables_[p].value;
    tuple_.push_back(changed && changed_[p] != no_value ? changed_[p] : now);
  }
  ++checks_;
  return RankedCost::of(function.table->excess(tuple_));
}

RankedCost GoodList::cost() const {
  RankedCost sum;
  for (const std::uint32_t f : inside_) sum += cost_of(functions_[f]);
  return sum;
}

RankedCost GoodList::cost_with(std::span<const ValueIndex> values) const {
  for (std::size_t i = 0; i < members_.size(); ++i) changed_[places_.at(members_[i])] = values[i];
  RankedCost sum;
  for (const std::uint32_t f : inside_) sum += cost_of(functions_[f], true);
  std::ranges::fill(changed_, no_value);
  return sum;
}

std::vector<ValueIndex> GoodList::present() const {
  std::vector<ValueIndex> values;
  for (const VariableId v : members_) values.push_back(value(v));
  return values;
}

CostNetwork GoodList::network(std::span<const VariableId> members) const {
  CostNetwork network;
  std::vector<std::uint32_t> position(variables_.size(), no_id);
  for (const VariableId v : members) {
    const std::uint32_t p = places_.at(v);
    position[p] = std::uint32_t(network.sizes.size());
    network.sizes.push_back(variables_[p].size);
  }
  for (const std::uint32_t f : inside_) {
    const Function& function = functions_[f];
    if (std::ranges::any_of(function.places, [&](auto p) { return position[p] == no_id; })) continue;
    const FunctionTable& table = *function.table;
    NetworkFunction& added = network.functions.emplace_back(
        NetworkFunction{{}, table.cells, table.default_excess, table.tuples, table.excesses});
    for (const std::uint32_t p : function.places) added.scope.push_back(position[p]);
  }
  return network;
}

const GoodList::Optimum& GoodList::optimum(const StopSignal& stop) {
  if (optimum_.known) return optimum_;
  const double before = optimum_.cost;  // of fewer members, who cost no more
  const RankedCost now = cost();
  if (before < infinity && now.violations == 0 && now.cost <= before + rounding_) {
    optimum_ = {now.cost, true, present()};
    return optimum_;
  }
  const CostNetwork whole = network(members_);
  MinimiseOptions options;
  options.stop = stop;
  options.memory = memory;
  options.known_bound = before;
  const std::vector<ValueIndex> start = present();
  if (now.violations == 0) options.start = start;
  MinimiseResult result = minimise(whole, options);
  checks_ += result.work;
  if (result.status == MinimiseResult::Status::stopped) return optimum_;
  optimum_.known = true;
  optimum_.cost = infinity;
  if (result.status == MinimiseResult::Status::optimal) {
    optimum_.cost = cost_with(result.assignment).cost;
    optimum_.values = std::move(result.assignment);
    if (optimum_.cost <= before + rounding_) return optimum_;
  }
  justified_.clear();
  for (const std::uint32_t f : result.justification)
    for (const std::uint32_t position : whole.functions[f].scope) justified_.push_back(members_[position]);
  sort_out(justified_);
  return optimum_;
}

std::vector<std::vector<double>> GoodList::surroundings() const {
  std::vector<std::vector<double>> outside(members_.size());
  std::vector<std::uint32_t> position(variables_.size(), no_id);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const std::uint32_t own = places_.at(members_[i]);
    position[own] = std::uint32_t(i);
    outside[i].assign(std::size_t(variables_[own].size), 0.0);
  }
  std::vector<ValueIndex> tuple;
  for (const Function& function : functions_) {
    // Of several members of a function that leads outside, the first stands for the others.
    const auto own = std::ranges::find_if(function.places, [&](auto p) { return position[p] != no_id; });
    const bool known = std::ranges::all_of(function.places, [&](auto p) { return variables_[p].value != no_value; });
    if (function.inside || own == function.places.end() || !known) continue;
    tuple.clear();
    for (const std::uint32_t p : function.places) tuple.push_back(variables_[p].value);
    std::vector<double>& costs = outside[position[*own]];
    for (std::size_t value = 0; value < costs.size(); ++value) {
      tuple[std::size_t(own - function.places.begin())] = ValueIndex(value);
      const double excess = function.table->excess(tuple);
      costs[value] += std::isinf(excess) ? function.table->largest + 1 : excess;
    }
  }
  return outside;
}

/// The members' values that cost least inside; among these, least outside, and then with the fewest changes. Costs
/// outside weigh so little that those inside come first, where they differ by whole numbers; others nearly so.
std::vector<ValueIndex> GoodList::best_with(const std::vector<std::vector<double>>& outside,
                                            std::span<const ValueIndex> start, const StopSignal& stop) {
  CostNetwork wide = network(members_);
  double most = 1;
  for (const std::vector<double>& costs : outside) {
    double largest = 0;
    for (const double cost : costs) largest = std::max(largest, std::isinf(cost) ? 0 : cost);
    most += largest;
  }
  const double unit = 0.5 / power_above(most), change = 0.5 * unit / power_above(double(members_.size()));
  for (std::size_t i = 0; i < members_.size(); ++i) {
    NetworkFunction& own = wide.functions.emplace_back(NetworkFunction{{std::uint32_t(i)}, outside[i]});
    for (std::size_t value = 0; value < own.cells.size(); ++value)
      own.cells[value] = own.cells[value] * unit + (ValueIndex(value) == this->value(members_[i]) ? 0 : change);
  }
  MinimiseOptions options;
  options.stop = stop;
  options.memory = memory;
  options.work = plan_work;
  options.start = start;
  options.known_bound = optimum_.cost;
  MinimiseResult result = minimise(wide, options);
  checks_ += result.work;
  return std::move(result.assignment);
}

Changes GoodList::changes_to(std::span<const ValueIndex> values) const {
  Changes changes;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != value(members_[i])) changes.emplace_back(members_[i], values[i]);
  return changes;
}

Changes GoodList::plan(const StopSignal& stop) {
  ENTENTE_EXPECTS(optimum_.known && optimum_.cost < infinity);
  const std::vector<ValueIndex> values = best_with(surroundings(), optimum_.values, stop);
  // With costs that are no whole numbers, what is spared outside may cost more inside.
  const bool better = !values.empty() && less(cost_with(values), cost());
  return changes_to(better ? values : optimum_.values);
}

Changes GoodList::plan(const std::vector<std::vector<double>>& outside, const StopSignal& stop) {
  ENTENTE_EXPECTS(optimum_.known && optimum_.cost < infinity);
  return changes_to(best_with(outside, {}, stop));
}

Changes GoodList::own_move(VariableId variable) const {
  const Variable& own = variables_[places_.at(variable)];
  if (std::ranges::any_of(own.neighbours, [&](VariableId v) { return value(v) == no_value; })) return {};
  RankedCost best;
  Changes found;
  for (ValueIndex value = 0; value < own.size; ++value) {
    if (value == own.value) continue;
    const RankedCost gain = difference({{variable, value}});
    if (!less(gain, best)) continue;
    best = gain;
    found = {{variable, value}};
  }
  return found;
}

/// Calls `visit(function, before, after)` for every function of a variable that changes.
template <class Visit>
void GoodList::visit_touched(const Changes& changes, Visit&& visit) const {
  for (const auto& [variable, value] : changes) changed_[places_.at(variable)] = value;
  for (const auto& [variable, value] : changes) {
    const std::uint32_t own = places_.at(variable);
    for (const std::uint32_t f : variables_[own].functions) {
      const auto& places = functions_[f].places;
      if (*std::ranges::find_if(places, [&](auto p) { return changed_[p] != no_value; }) != own) continue;
      visit(functions_[f], cost_of(functions_[f]), cost_of(functions_[f], true));
    }
  }
  for (const auto& [variable, value] : changes) changed_[places_.at(variable)] = no_value;
}

RankedCost GoodList::difference(const Changes& changes) const {
  RankedCost sum;
  visit_touched(changes, [&](const Function&, RankedCost before, RankedCost after) { sum += after - before; });
  return sum;
}

std::vector<VariableId> GoodList::hurt(const Changes& changes) const {
  std::vector<VariableId> list;
  visit_touched(changes, [&](const Function& function, RankedCost before, RankedCost after) {
    if (function.inside || !(before < after)) return;
    for (const std::uint32_t p : function.places)
      if (!variables_[p].member) list.push_back(variables_[p].id);
  });
  sort_out(list);
  return list;
}

bool GoodList::cost_as_much(std::span<const VariableId> members, double cost, const StopSignal& stop) const {
  CostNetwork part = network(members);
  part.limit = cost - rounding_;
  MinimiseOptions options;
  options.stop = stop;
  options.memory = memory;
  options.work = shrink_work;
  const MinimiseResult result = minimise(part, options);
  checks_ += result.work;
  return result.status == MinimiseResult::Status::infeasible;
}

std::vector<VariableId> GoodList::responsible(bool minimal, const StopSignal& stop) const {
  ENTENTE_EXPECTS(optimum_.known);
  if (!minimal) return members_;
  std::vector<VariableId> list = justified_;
  for (std::size_t i = list.size(); i-- > 0 && list.size() > 1;) {
    std::vector<VariableId> fewer = list;
    fewer.erase(fewer.begin() + std::ptrdiff_t(i));
    if (cost_as_much(fewer, optimum_.cost, stop)) list = std::move(fewer);
  }
  return list;
}

std::vector<VariableId> GoodList::first_variables(std::span<const VariableId> group) const {
  std::vector<VariableId> list;
  for (const std::uint32_t f : inside_) {
    const std::vector<VariableId>& scope = functions_[f].table->scope;
    if (std::ranges::all_of(scope, [&](VariableId v) { return std::ranges::binary_search(group, v); }))
      list.push_back(*std::ranges::min_element(scope));
  }
  sort_out(list);
  return list;
}

std::uint64_t GoodList::take_checks() { return std::exchange(checks_, 0); }

}  // namespace entente
