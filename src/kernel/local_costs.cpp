// SPDX-License-Identifier: MIT
#include "kernel/local_costs.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

#include "entente/base/error.hpp"
#include "kernel/instruction_set.hpp"

namespace entente::kernel {

namespace baseline {
const LocalKernels* local_kernels(const LocalTables&, std::uint32_t);
}
namespace v3 {
const LocalKernels* local_kernels(const LocalTables&, std::uint32_t);
}
namespace v4 {
const LocalKernels* local_kernels(const LocalTables&, std::uint32_t);
}

const LocalKernels& local_kernels(const LocalTables& tables, std::uint32_t value_bytes) {
  switch (best_instruction_set()) {
    case InstructionSet::v4: return *v4::local_kernels(tables, value_bytes);
    case InstructionSet::v3: return *v3::local_kernels(tables, value_bytes);
    case InstructionSet::baseline: break;
  }
  return *baseline::local_kernels(tables, value_bytes);
}

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr int finest_unit = 20;  // cells that are multiples of 2^-20 can be summed exactly in double
constexpr int finest_single_unit = 8;
constexpr ValueIndex widest_uniform_domain = 64;

std::uint32_t row_length(std::uint32_t domain) {
  for (const std::uint32_t length : {2u, 4u, 8u, 16u, 32u, 48u}) {
    if (domain <= length) return length;
  }
  return 64;
}

}  // namespace

/// What one look at all costs finds out: their unit, and whether any is hard or not known beforehand.
struct LocalCosts::Survey {
  int unit = 0;  ///< Every cost is a multiple of 2^-unit; above `finest_unit`: of no such power.
  double scale = 1;
  bool hard = false, computed = false;

  void look(double cost) {
    while (unit <= finest_unit && cost * scale != std::rint(cost * scale)) {
      ++unit;
      scale *= 2;
    }
  }
};

double LocalCosts::working(double cost) const { return problem_.is_hard(cost) ? tables_.hard_weight : sign_ * cost; }

bool LocalCosts::is_edge(ConstraintId c) const {
  return problem_.scope(c).size() == 2 && problem_.function(c).kind == FunctionKind::table;
}

LocalCosts::LocalCosts(const Problem& problem)
    : problem_(problem),
      sign_(problem.objective() == Objective::maximise ? -1.0 : 1.0),
      first_(std::size_t(problem.variable_count()) + 1),
      domains_(problem.variable_count()),
      reach_(problem.variable_count()),
      lowest_(problem.variable_count()) {
  tables_.variables = problem.variable_count();
  Survey survey;
  choose_layout(survey);
  lay_out_edges();
  lay_out_wide();
  if (tables_.wide_first) lay_out_neighbours();
  tables_.single ? fill<float>() : fill<double>();
}

void LocalCosts::choose_layout(Survey& survey) {
  const std::uint32_t n = problem_.variable_count();
  Array<double> largest(n);  // of the finite local costs around each variable
  const auto look_at = [&](std::span<const double> cells, std::span<const VariableId> scope) {
    double high = 0;
    for (const double cost : cells) {
      if (problem_.is_hard(cost)) {
        survey.hard = true;
        continue;
      }
      survey.look(cost);
      high = std::max(high, std::abs(cost));
    }
    for (const VariableId v : scope) largest[v] += high;
  };
  bool wide = false;
  for (ConstraintId c = 0; c < problem_.constraint_count(); ++c) {
    const auto scope = problem_.scope(c);
    const CostFunction f = problem_.function(c);
    if (f.kind == FunctionKind::table) {
      look_at(f.cells, scope);
    } else if (f.kind == FunctionKind::sparse) {
      look_at(f.sparse->costs, scope);
      look_at(std::span(&f.sparse->default_cost, 1), scope);
    } else {
      survey.computed = true;
    }
    if (scope.size() >= 2 && !is_edge(c)) wide = true;
    if (scope.empty()) {
      const double cost = problem_.cost(c, {});
      problem_.is_hard(cost) ? void(++constant_.violations) : void(constant_.cost += cost);
    }
    for (const VariableId v : scope) reach_[v] += std::uint32_t(scope.size() - 1);
  }
  ValueIndex widest = 0;
  bool alike = true;
  for (VariableId v = 0; v < n; ++v) {
    const auto own = problem_.unary_costs(v);
    look_at(own, std::span(&v, 1));
    domains_[v] = std::uint32_t(problem_.domain_size(v));
    widest = std::max(widest, problem_.domain_size(v));
    alike &= domains_[v] == domains_[0];
  }
  double worst = 0;
  for (const double sum : largest) worst = std::max(worst, sum);
  if (survey.hard || survey.computed) {
    // A computed function may turn out hard, and how large its costs get is not known beforehand.
    const double least = survey.computed ? 0x1p32 : 1.0;
    tables_.hard_weight = std::exp2(std::ceil(std::log2(std::max(least, 8 * worst + 1))));
    double degree = 0;
    for (VariableId v = 0; v < n; ++v) degree = std::max(degree, double(problem_.constraints_of(v).size() + 1));
    worst += degree * tables_.hard_weight;
  }
  const double units = 2 * std::ldexp(worst, std::min(survey.unit, finest_unit));
  tables_.exact = !survey.computed && survey.unit <= finest_unit && units < 0x1p53;
  tables_.single = tables_.exact && survey.unit <= finest_single_unit && units < 0x1p24;
  value_bytes_ = widest <= 256 ? 1 : 4;
  if (alike && !wide && n > 0 && widest <= widest_uniform_domain) {
    tables_.domain = domains_[0];
    tables_.stride = row_length(tables_.domain);
    row_cells_ = std::size_t(n) * tables_.stride;
  } else {
    row_first_ = Array<std::uint64_t>(std::size_t(n) + 1);
    for (VariableId v = 0; v < n; ++v) row_first_[v + 1] = row_first_[v] + domains_[v];
    row_cells_ = row_first_[n];
    tables_.row_first = row_first_.data();
  }
  tables_.domains = domains_.data();
}

void LocalCosts::lay_out_edges() {
  const std::uint32_t n = problem_.variable_count();
  std::uint64_t most = 0;
  for (ConstraintId c = 0; c < problem_.constraint_count(); ++c) most += is_edge(c) ? 2 : 0;
  if (most >= no_id) throw Error(ErrorCode::too_large, "the problem has more than 2^31 binary constraints");
  other_ = Array<std::uint32_t>(most + edges_ahead);
  std::uint32_t at = 0;
  for (VariableId v = 0; v < n; ++v) {
    first_[v] = at;
    for (const ConstraintId c : problem_.constraints_of(v)) {
      if (!is_edge(c)) continue;
      const auto scope = problem_.scope(c);
      other_[at++] = scope[0] == v ? scope[1] : scope[0];
    }
    std::sort(other_.data() + first_[v], other_.data() + at);
    at = std::uint32_t(std::unique(other_.data() + first_[v], other_.data() + at) - other_.data());
  }
  first_[n] = at;
  std::fill_n(other_.data() + at, std::min<std::size_t>(edges_ahead, other_.size() - at), 0);
  // Neighbours ascend, so the variables before v that name v come in the order of v's own list.
  back_ = Array<std::uint32_t>(at);
  std::vector<std::uint32_t> cursor(first_.begin(), first_.begin() + n);
  for (VariableId v = 0; v < n; ++v)
    for (std::uint32_t e = first_[v]; e < first_[v + 1]; ++e) back_[e] = cursor[other_[e]]++;
  tables_.first = first_.data();
  tables_.other = other_.data();
  tables_.back = back_.data();
  if (tables_.domain) return;
  table_first_ = Array<std::uint64_t>(std::size_t(at) + 1);
  for (VariableId v = 0; v < n; ++v)
    for (std::uint32_t e = first_[v]; e < first_[v + 1]; ++e)
      table_first_[e + 1] = table_first_[e] + std::uint64_t(domains_[v]) * domains_[other_[e]];
  tables_.table_first = table_first_.data();
}

void LocalCosts::lay_out_wide() {
  const std::uint32_t n = problem_.variable_count();
  std::vector<std::uint32_t> count(std::size_t(n) + 1);
  std::map<const double*, std::uint64_t> shared;
  std::uint64_t cells = 0;
  for (ConstraintId c = 0; c < problem_.constraint_count(); ++c) {
    const auto scope = problem_.scope(c);
    if (scope.size() < 2 || is_edge(c)) continue;
    const CostFunction f = problem_.function(c);
    WideFunction wide{WideFunction::computed, std::uint32_t(members_.size()), std::uint32_t(scope.size())};
    if (f.kind == FunctionKind::table) {
      const auto [place, fresh] = shared.try_emplace(f.cells.data(), cells);
      wide.cells = place->second;
      if (fresh) cells += f.cells.size();
    }
    std::uint64_t stride = 1;
    strides_.resize(strides_.size() + scope.size());
    for (std::size_t k = scope.size(); k-- > 0;) {
      strides_[wide.first + k] = stride;
      if (f.kind == FunctionKind::table) stride *= domains_[scope[k]];
    }
    members_.insert(members_.end(), scope.begin(), scope.end());
    functions_.push_back(wide);
    wide_constraints_.push_back(c);
    for (const VariableId v : scope) ++count[v + 1];
  }
  if (functions_.empty()) return;
  for (VariableId v = 0; v < n; ++v) count[v + 1] += count[v];
  wide_first_ = count;
  wide_.resize(wide_first_[n]);
  for (std::uint32_t f = 0; f < functions_.size(); ++f)
    for (std::uint32_t k = 0; k < functions_[f].arity; ++k) wide_[count[members_[functions_[f].first + k]]++] = {f, k};
  wide_cells_ = Array<std::byte>(cells * (tables_.single ? sizeof(float) : sizeof(double)));
  tables_.wide_first = wide_first_.data();
  tables_.wide = wide_.data();
  tables_.functions = functions_.data();
  tables_.members = members_.data();
  tables_.strides = strides_.data();
  tables_.wide_cells = wide_cells_.data();
  tables_.compute = compute;
  tables_.cost = cost_of;
  tables_.context = this;
}

void LocalCosts::lay_out_neighbours() {
  const std::uint32_t n = problem_.variable_count();
  own_first_.assign(1, 0);
  std::vector<std::uint32_t> around;
  for (VariableId v = 0; v < n; ++v) {
    around.clear();
    for (const ConstraintId c : problem_.constraints_of(v))
      for (const VariableId member : problem_.scope(c))
        if (member != v) around.push_back(member);
    std::sort(around.begin(), around.end());
    neighbours_.insert(neighbours_.end(), around.begin(), std::unique(around.begin(), around.end()));
    if (neighbours_.size() >= no_id) throw Error(ErrorCode::too_large, "the constraint graph has more than 2^32 edges");
    own_first_.push_back(std::uint32_t(neighbours_.size()));
  }
  neighbours_back_.resize(neighbours_.size());
  std::vector<std::uint32_t> cursor(own_first_.begin(), own_first_.end() - 1);
  for (std::uint32_t e = 0; e < neighbours_.size(); ++e) neighbours_back_[e] = cursor[neighbours_[e]]++;
  neighbours_first_ = own_first_.data();
}

template <class T>
void LocalCosts::fill_unary(VariableId v, T* row) const {
  const auto own = problem_.unary_costs(v);
  for (std::size_t a = 0; a < own.size(); ++a) row[a] += T(working(own[a]));
  for (const ConstraintId c : problem_.constraints_of(v)) {
    if (problem_.scope(c).size() != 1) continue;
    for (ValueIndex a = 0; a < ValueIndex(domains_[v]); ++a)
      row[a] += T(working(problem_.cost(c, std::span<const ValueIndex>(&a, 1))));
  }
}

template <class T>
void LocalCosts::fill() {
  const std::uint32_t n = problem_.variable_count();
  const std::uint32_t edges = first_[n];
  const std::size_t block = std::size_t(tables_.domain) * tables_.stride;
  cells_ = Array<std::byte>((tables_.domain ? edges * block : table_first_[edges]) * sizeof(T));
  T* const cells = reinterpret_cast<T*>(cells_.data());
  bool any_unary = false;
  for (VariableId v = 0; v < n && !any_unary; ++v) {
    any_unary = !problem_.unary_costs(v).empty();
    for (const ConstraintId c : problem_.constraints_of(v)) any_unary |= problem_.scope(c).size() == 1;
  }
  if (any_unary) unary_ = Array<std::byte>(row_cells_ * sizeof(T));
  T* const unary = reinterpret_cast<T*>(unary_.data());
  std::vector<bool> filled(functions_.size());
  for (VariableId v = 0; v < n; ++v) {
    const std::uint32_t domain = domains_[v], length = tables_.domain ? tables_.stride : domain;
    if (any_unary) {
      T* row = unary + row_offset(v);
      fill_unary(v, row);
      lowest_[v] = double(*std::min_element(row, row + domain));
      std::fill(row + domain, row + length, std::numeric_limits<T>::infinity());
    }
    for (const ConstraintId c : problem_.constraints_of(v)) {
      if (!is_edge(c)) continue;
      const auto scope = problem_.scope(c);
      const bool leads = scope[0] == v;
      const VariableId them = leads ? scope[1] : scope[0];
      const auto* place = std::lower_bound(other_.data() + first_[v], other_.data() + first_[v + 1], them);
      const auto e = std::size_t(place - other_.data());
      T* table = cells + (tables_.domain ? e * block : table_first_[e]);
      const std::span<const double> costs = problem_.function(c).cells;
      const std::uint32_t theirs = domains_[them];
      for (std::uint32_t b = 0; b < theirs; ++b)
        for (std::uint32_t a = 0; a < domain; ++a)
          table[std::size_t(b) * length + a] +=
              T(working(leads ? costs[std::size_t(a) * theirs + b] : costs[std::size_t(b) * domain + a]));
    }
    // Bounds are added in the order in which kernels add rows, so that a row at its bound equals it bit for bit.
    for (std::uint32_t e = first_[v]; e < first_[v + 1]; ++e) {
      const T* table = cells + (tables_.domain ? e * block : table_first_[e]);
      T low = std::numeric_limits<T>::infinity();
      for (std::uint32_t b = 0; b < domains_[other_[e]]; ++b)
        for (std::uint32_t a = 0; a < domain; ++a) low = std::min(low, table[std::size_t(b) * length + a]);
      lowest_[v] = double(T(lowest_[v]) + low);
    }
    for (std::uint32_t p = wide_first_.empty() ? 0 : wide_first_[v]; p < (wide_first_.empty() ? 0 : wide_first_[v + 1]);
         ++p) {
      const std::uint32_t f = wide_[p].function;
      const CostFunction function = problem_.function(wide_constraints_[f]);
      double low = -infinite;
      if (function.kind == FunctionKind::table) {
        T* into = reinterpret_cast<T*>(wide_cells_.data()) + functions_[f].cells;
        if (!filled[f]) {
          for (std::size_t i = 0; i < function.cells.size(); ++i) into[i] = T(working(function.cells[i]));
          filled[f] = true;
        }
        low = double(*std::min_element(into, into + function.cells.size()));
      } else if (function.kind == FunctionKind::sparse) {
        low = working(function.sparse->default_cost);
        for (const double cost : function.sparse->costs) low = std::min(low, working(cost));
      }
      lowest_[v] = double(T(lowest_[v]) + T(low));
    }
  }
  tables_.cells = cells_.data();
  tables_.unary = any_unary ? unary_.data() : nullptr;
}

void LocalCosts::compute(const void* self, std::uint32_t function, std::uint32_t position, const void* values,
                         std::uint32_t value_bytes, bool single, void* row) {
  const auto& costs = *static_cast<const LocalCosts*>(self);
  const WideFunction& f = costs.functions_[function];
  thread_local std::vector<ValueIndex> tuple;
  tuple.resize(f.arity);
  for (std::uint32_t k = 0; k < f.arity; ++k) {
    const std::uint32_t member = costs.members_[f.first + k];
    tuple[k] = value_bytes == 1 ? ValueIndex(static_cast<const std::uint8_t*>(values)[member])
                                : ValueIndex(static_cast<const std::uint32_t*>(values)[member]);
  }
  const std::uint32_t domain = costs.domains_[costs.members_[f.first + position]];
  for (std::uint32_t a = 0; a < domain; ++a) {
    tuple[position] = ValueIndex(a);
    const double cost = costs.working(costs.problem_.cost(costs.wide_constraints_[function], tuple));
    if (single)
      static_cast<float*>(row)[a] += float(cost);
    else
      static_cast<double*>(row)[a] += cost;
  }
}

double LocalCosts::cost_of(const void* self, std::uint32_t function, const std::uint32_t* tuple) {
  const auto& costs = *static_cast<const LocalCosts*>(self);
  thread_local std::vector<ValueIndex> values;
  values.assign(tuple, tuple + costs.functions_[function].arity);
  return costs.working(costs.problem_.cost(costs.wide_constraints_[function], values));
}

Evaluation LocalCosts::decode(const DoubledCost& sum) const {
  return {sign_ * (sum.cost / 2) + constant_.cost, std::uint64_t(sum.violations / 2) + constant_.violations};
}

std::size_t LocalCosts::bytes() const {
  return first_.bytes() + other_.bytes() + back_.bytes() + table_first_.bytes() + row_first_.bytes() +
         domains_.bytes() + reach_.bytes() + cells_.bytes() + unary_.bytes() + wide_cells_.bytes() + lowest_.bytes() +
         (own_first_.size() + neighbours_.size() + neighbours_back_.size() + members_.size()) * sizeof(std::uint32_t) +
         wide_.size() * sizeof(WidePlace) + strides_.size() * sizeof(std::uint64_t);
}

}  // namespace entente::kernel
