// SPDX-License-Identifier: MIT
#include "problem/formats/function_listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "entente/base/error.hpp"
#include "problem/problem_data.hpp"

namespace entente {
namespace {

constexpr std::size_t most_computed = std::size_t(1) << 20;  // tuples of a computed function

/// Moves `tuple` to the next one in lexicographic order.
void to_next(std::vector<ValueIndex>& tuple, std::span<const ValueIndex> sizes) {
  for (std::size_t k = tuple.size(); k-- > 0;) {
    if (++tuple[k] < sizes[k]) return;
    tuple[k] = 0;
  }
}

}  // namespace

double ListedFunction::usual_cost() const {
  if (sparse) return sparse->default_cost;
  std::vector<double> sorted(cells.begin(), cells.end());
  std::ranges::sort(sorted);
  double usual = 0;
  std::size_t most = 0;
  for (std::size_t first = 0, next = 0; first < sorted.size(); first = next) {
    while (next < sorted.size() && sorted[next] == sorted[first]) ++next;
    if (next - first > most) most = next - first, usual = sorted[first];
  }
  return usual;
}

std::size_t ListedFunction::unusual(double usual) const {
  if (sparse) return sparse->costs.size() - static_cast<std::size_t>(std::ranges::count(sparse->costs, usual));
  return cells.size() - static_cast<std::size_t>(std::ranges::count(cells, usual));
}

void ListedFunction::unusual_tuples(
    double usual, const std::function<void(std::span<const ValueIndex> tuple, double cost)>& each) const {
  if (sparse) {
    for (std::size_t i = 0; i < sparse->costs.size(); ++i)
      if (sparse->costs[i] != usual)
        each(std::span(sparse->tuples).subspan(i * sparse->arity, sparse->arity), sparse->costs[i]);
    return;
  }
  std::vector<ValueIndex> tuple(scope.size(), 0);
  for (const double cost : cells) {
    if (cost != usual) each(tuple, cost);
    to_next(tuple, sizes);
  }
}

FunctionListing::FunctionListing(const Problem& problem, std::string format)
    : problem_(problem), format_(std::move(format)), constraints_(problem.constraint_count()) {
  for (VariableId variable = 0; variable < problem.variable_count(); ++variable)
    if (!problem.unary_costs(variable).empty()) own_costs_.push_back(variable);
  find_shared();
}

void FunctionListing::find_shared() {
  const ProblemData& data = problem_.data();
  const auto same_shape = [&](ConstraintId a, ConstraintId b) {
    return std::ranges::equal(
        problem_.scope(a), problem_.scope(b), {}, [&](VariableId v) { return problem_.domain_size(v); },
        [&](VariableId v) { return problem_.domain_size(v); });
  };
  struct Seen {
    ConstraintId first, last;
    std::uint32_t group;
  };
  std::unordered_map<std::uint32_t, Seen> seen;
  std::vector<std::pair<ConstraintId, ConstraintId>> pairs;  // a later one and the first of its kind
  for (ConstraintId constraint = 0; constraint < constraints_; ++constraint) {
    const FunctionReference reference = data.function_of[constraint];
    if (reference.kind() == FunctionKind::lazy || problem_.scope(constraint).empty()) continue;
    const auto [known, fresh] = seen.try_emplace(reference.bits, Seen{constraint, constraint, 0});
    if (fresh || !same_shape(known->second.first, constraint)) continue;
    shared_[known->second.first].sharing = Sharing::first;
    known->second.last = constraint;
    pairs.emplace_back(constraint, known->second.first);
  }
  std::uint32_t groups = 0;
  for (ConstraintId constraint = 0; constraint < constraints_; ++constraint)
    if (const auto found = shared_.find(constraint); found != shared_.end()) {
      found->second.group = groups++;
      last_.push_back(seen.at(data.function_of[constraint].bits).last);
    }
  for (const auto& [later, first] : pairs) {
    const bool last = seen.at(data.function_of[first].bits).last == later;
    shared_[later] = {last ? Sharing::last : Sharing::later, shared_[first].group};
  }
}

FunctionListing::Shared FunctionListing::shared(std::size_t function) const {
  const auto found = shared_.find(static_cast<ConstraintId>(function));
  return function >= constraints_ || found == shared_.end() ? Shared{} : found->second;
}

const ListedFunction& FunctionListing::at(std::size_t function) {
  ListedFunction& listed = current_;
  listed = {};
  const auto add = [&](VariableId variable) {
    listed.scope.push_back(variable);
    listed.sizes.push_back(problem_.domain_size(variable));
  };
  if (function >= constraints_) {
    const VariableId variable = own_costs_[function - constraints_];
    add(variable);
    listed.cells = problem_.unary_costs(variable);
    listed.cell_count = listed.cells.size();
    return listed;
  }
  const auto constraint = static_cast<ConstraintId>(function);
  listed.constraint = constraint;
  for (const VariableId variable : problem_.scope(constraint)) add(variable);
  const CostFunction costs = problem_.function(constraint);
  listed.cells = costs.cells;
  listed.sparse = costs.sparse;
  listed.cell_count = 1;
  for (const ValueIndex size : listed.sizes)
    if (__builtin_mul_overflow(listed.cell_count, static_cast<std::size_t>(size), &listed.cell_count))
      listed.cell_count = static_cast<std::size_t>(-1);
  if (!costs.lazy) return listed;
  if (listed.cell_count > most_computed)
    throw Error(ErrorCode::unsupported, Place{{}, 0, 0, problem_.constraint_name(constraint)},
                fmt::format("{} needs a table, and the one of this function of {} variables would be too large; "
                            "split the constraint into smaller ones",
                            format_, listed.scope.size()));
  computed_.clear();
  std::vector<ValueIndex> tuple(listed.scope.size(), 0);
  for (std::size_t cell = 0; cell < listed.cell_count; ++cell) {
    computed_.push_back(costs.lazy->cost(tuple));
    to_next(tuple, listed.sizes);
  }
  listed.cells = computed_;
  return listed;
}

void TextOutput::integer(std::int64_t number) {
  char digits[24];
  text({digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr - digits)});
}

double rounded(double cost, std::optional<int> precision) {
  if (!precision) return cost;
  constexpr int most_digits = 15;
  if (*precision < 0 || *precision > most_digits)
    throw Error(ErrorCode::wrong_use, Place{{}, 0, 0, "precision"},
                fmt::format("{} decimal places; expected 0 to {}", *precision, most_digits));
  if (!std::isfinite(cost)) return cost;
  // Through text, as 0.125 times a power of ten may not be what is written down.
  const std::string text = fmt::format("{:.{}f}", cost, *precision);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value == 0 ? 0 : value;
}

bool has_plain_names(const Problem& problem) {
  for (const Domain& domain : problem.domains())
    for (std::size_t i = 0; i < domain.values.size(); ++i) {
      const auto* number = std::get_if<std::int64_t>(&domain.values[i]);
      if (!number || *number != static_cast<std::int64_t>(i)) return false;
    }
  for (VariableId variable = 0; variable < problem.variable_count(); ++variable)
    if (problem.variable_name(variable) != fmt::format("x{}", variable)) return false;
  return true;
}

}  // namespace entente
