// SPDX-License-Identifier: MIT
#include "entente/solve/check_certificate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "entente/base/error.hpp"

namespace entente {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double most_cells = 1 << 26;

/// Costs by the values of some variables, the first changing fastest.
struct Table {
  std::vector<VariableId> scope;
  std::vector<double> cells;
};

double cells_of(const Problem& problem, const std::vector<VariableId>& scope) {
  double cells = 1;
  for (const VariableId v : scope) cells *= problem.domain_size(v);
  return cells;
}

void check_size(const Problem& problem, const std::vector<VariableId>& scope) {
  if (const double cells = cells_of(problem, scope); cells > most_cells)
    throw Error(
        ErrorCode::too_large,
        fmt::format("the certificate cannot be checked: that takes a table over {} variables with {:.3g} cells, "
                    "more than the {:.3g} that are allowed",
                    scope.size(), cells, most_cells));
}

/// Counts `values` up; says whether there was another combination.
bool advance(const Problem& problem, const std::vector<VariableId>& scope, std::vector<ValueIndex>& values) {
  for (std::size_t i = 0; i < scope.size(); ++i) {
    if (++values[i] < problem.domain_size(scope[i])) return true;
    values[i] = 0;
  }
  return false;
}

/// A cost to be minimised, infinite where it is hard.
double to_minimise(const Problem& problem, double cost) {
  if (problem.is_hard(cost)) return infinity;
  return problem.objective() == Objective::maximise ? -cost : cost;
}

Table constraint_table(const Problem& problem, ConstraintId constraint) {
  const auto scope = problem.scope(constraint);
  Table table{{scope.begin(), scope.end()}, {}};
  check_size(problem, table.scope);
  std::vector<ValueIndex> values(scope.size(), 0);
  do {
    table.cells.push_back(to_minimise(problem, problem.cost(constraint, values)));
  } while (advance(problem, table.scope, values));
  return table;
}

Table own_table(const Problem& problem, VariableId variable) {
  Table table{{variable}, {}};
  for (const double cost : problem.unary_costs(variable)) table.cells.push_back(to_minimise(problem, cost));
  return table;
}

double lowest(const Table& table) { return *std::min_element(table.cells.begin(), table.cells.end()); }

/// The sum of tables over the union of their variables, `gone` minimised out.
Table eliminate(const Problem& problem, VariableId gone, const std::vector<Table>& tables) {
  Table result;
  for (const Table& table : tables)
    for (const VariableId v : table.scope)
      if (v != gone && std::find(result.scope.begin(), result.scope.end(), v) == result.scope.end())
        result.scope.push_back(v);
  check_size(problem, result.scope);
  // By how much a cell's position in each table moves with each variable of the result, and with the one that goes.
  struct Steps {
    const Table* table;
    std::vector<std::size_t> by_variable;
    std::size_t gone = 0;
  };
  std::vector<Steps> all;
  for (const Table& table : tables) {
    Steps& steps = all.emplace_back(Steps{&table, std::vector<std::size_t>(result.scope.size(), 0)});
    std::size_t step = 1;
    for (const VariableId v : table.scope) {
      const auto at = std::find(result.scope.begin(), result.scope.end(), v);
      (v == gone ? steps.gone : steps.by_variable[std::size_t(at - result.scope.begin())]) = step;
      step *= std::size_t(problem.domain_size(v));
    }
  }
  std::vector<ValueIndex> values(result.scope.size(), 0);
  std::vector<double> sums(std::size_t(problem.domain_size(gone)));
  do {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (const Steps& steps : all) {
      std::size_t cell = 0;
      for (std::size_t i = 0; i < values.size(); ++i) cell += std::size_t(values[i]) * steps.by_variable[i];
      for (double& sum : sums) {
        sum += steps.table->cells[cell];
        cell += steps.gone;
      }
    }
    result.cells.push_back(*std::min_element(sums.begin(), sums.end()));
  } while (advance(problem, result.scope, values));
  return result;
}

/// The least that tables over these variables can add up to.
double least_sum(const Problem& problem, std::vector<VariableId> variables, std::vector<Table> tables) {
  double sum = 0;
  while (!variables.empty()) {
    // Next is the variable whose elimination makes the smallest table.
    std::optional<double> smallest;
    VariableId next = 0;
    for (const VariableId v : variables) {
      std::vector<VariableId> around;
      for (const Table& table : tables)
        if (std::find(table.scope.begin(), table.scope.end(), v) != table.scope.end())
          around.insert(around.end(), table.scope.begin(), table.scope.end());
      std::sort(around.begin(), around.end());
      around.erase(std::unique(around.begin(), around.end()), around.end());
      if (const double cells = cells_of(problem, around); !smallest || cells < *smallest) {
        smallest = cells;
        next = v;
      }
    }
    const auto with = std::stable_partition(tables.begin(), tables.end(), [&](const Table& table) {
      return std::find(table.scope.begin(), table.scope.end(), next) == table.scope.end();
    });
    const std::vector<Table> bucket(with, tables.end());
    tables.erase(with, tables.end());
    std::erase(variables, next);
    if (bucket.empty()) continue;
    Table rest = eliminate(problem, next, bucket);
    if (rest.scope.empty())
      sum += rest.cells.front();
    else
      tables.push_back(std::move(rest));
  }
  return sum;
}

/// Looks at one certificate; `faults` grows.
class Check {
 public:
  Check(const Problem& problem, const Certificate& certificate) : problem_(problem), certificate_(certificate) {}

  std::vector<std::string> run() {
    check_best();
    for (std::size_t g = 0; g < certificate_.groups.size(); ++g) check_group(g);
    return std::move(faults_);
  }

 private:
  bool differ(double a, double b) const {
    return !(a == b || std::abs(a - b) <= 1e-9 * std::max({1.0, scale_, std::abs(a), std::abs(b)}));
  }

  void check_best() {
    double sum = 0;
    const auto add = [&](double low) {
      sum += low;
      if (std::isfinite(low)) scale_ += std::abs(low);
    };
    for (ConstraintId c = 0; c < problem_.constraint_count(); ++c) add(lowest(constraint_table(problem_, c)));
    for (VariableId v = 0; v < problem_.variable_count(); ++v)
      if (!problem_.unary_costs(v).empty()) add(lowest(own_table(problem_, v)));
    if (problem_.objective() == Objective::maximise) sum = -sum;
    if (differ(sum, certificate_.best))
      faults_.push_back(
          fmt::format("'best' is {}, but the best of all cost functions adds up to {}", certificate_.best, sum));
  }

  void check_group(std::size_t number) {
    const Certificate::Group& group = certificate_.groups[number];
    std::vector<VariableId> members = group.variables;
    std::sort(members.begin(), members.end());
    if (members.empty() || std::adjacent_find(members.begin(), members.end()) != members.end() ||
        members.back() >= problem_.variable_count()) {
      faults_.push_back(fmt::format("group {} does not name one or more different variables", number + 1));
      return;
    }
    const auto inside = [&](VariableId v) { return std::binary_search(members.begin(), members.end(), v); };
    std::vector<Table> tables;
    const auto add = [&](Table table, const std::string& name, std::size_t function) {
      const auto [owner, first] = owners_.try_emplace(function, number);
      if (!first) faults_.push_back(fmt::format("groups {} and {} both count {}", owner->second + 1, number + 1, name));
      const double low = lowest(table);
      if (std::isfinite(low))
        for (double& cell : table.cells) cell -= low;
      tables.push_back(std::move(table));
    };
    for (const VariableId v : members) {
      for (const ConstraintId c : problem_.constraints_of(v)) {
        const auto scope = problem_.scope(c);
        if (v != *std::min_element(scope.begin(), scope.end()) || !std::all_of(scope.begin(), scope.end(), inside))
          continue;
        add(constraint_table(problem_, c), "constraint " + printable(problem_.constraint_name(c)), c);
      }
      if (!problem_.unary_costs(v).empty())
        add(own_table(problem_, v), "the costs of variable " + printable(problem_.variable_name(v)),
            std::size_t(problem_.constraint_count()) + v);
    }
    const double least = least_sum(problem_, members, std::move(tables));
    if (!(group.excess >= 0) || differ(least, group.excess))
      faults_.push_back(fmt::format(
          "group {} ({} and {} others) is said to exceed its best by {} at least, but need exceed it by {}", number + 1,
          printable(problem_.variable_name(members.front())), members.size() - 1, group.excess, least));
  }

  const Problem& problem_;
  const Certificate& certificate_;
  double scale_ = 0;
  std::map<std::size_t, std::size_t> owners_;  // of each function, the group that counts it
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> check_certificate(const Problem& problem, const Certificate& certificate) {
  return Check(problem, certificate).run();
}

}  // namespace entente
