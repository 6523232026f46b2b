// SPDX-License-Identifier: MIT
#include "solve/remote_problem.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "entente/base/error.hpp"
#include "entente/problem/builder.hpp"
#include "entente/problem/formats.hpp"

namespace entente {
namespace {

constexpr std::uint32_t largest_domain = 1 << 22;

bool is_computed(const Problem& problem) {
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c)
    if (problem.function(c).kind == FunctionKind::lazy) return true;
  return false;
}

Problem parse(const std::string& text, double infinity, std::uint64_t seed) {
  ReadOptions options;
  options.seed = seed;
  options.infinity = infinity;
  return parse_pydcop_yaml(text, "the problem of this run", options);
}

RemoteProblem describe_text(const Problem& problem, std::uint64_t seed) {
  RemoteProblem remote;
  std::ostringstream text;
  write_pydcop_yaml(problem, text);
  remote.text = std::move(text).str();
  remote.infinity = problem.infinity();
  remote.seed = seed;
  const Problem back = parse(remote.text, remote.infinity, seed);
  bool same = back.variable_count() == problem.variable_count() &&
              back.constraint_count() == problem.constraint_count() && back.cost_limit() == problem.cost_limit();
  for (VariableId v = 0; same && v < problem.variable_count(); ++v)
    same = std::ranges::equal(back.unary_costs(v), problem.unary_costs(v));
  if (!same)
    throw Error(ErrorCode::unsupported,
                "this problem cannot be given to agents elsewhere: it has costs that are computed and, beside them, "
                "noise of another seed than the run's or a limit of costs; read it with the run's seed");
  return remote;
}

[[noreturn]] void refuse(const char* what) {
  throw Error(ErrorCode::bad_input, std::string("a problem that was sent here has ") + what);
}

}  // namespace

RemoteProblem describe_problem(const Problem& problem, std::uint64_t seed) {
  if (is_computed(problem)) return describe_text(problem, seed);
  RemoteProblem remote;
  remote.maximise = problem.objective() == Objective::maximise;
  remote.infinity = problem.infinity();
  remote.cost_limit = problem.cost_limit();
  for (const Domain& domain : problem.domains()) remote.domains.push_back(std::uint32_t(domain.values.size()));
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    remote.domain_of.push_back(problem.domain_id(v));
    remote.initial.push_back(problem.initial_value(v));
    if (const auto costs = problem.unary_costs(v); !costs.empty())
      remote.unary.push_back({v, std::vector<double>(costs.begin(), costs.end())});
  }
  std::map<const double*, std::uint32_t> known;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    RemoteConstraint constraint;
    const auto scope = problem.scope(c);
    constraint.scope.assign(scope.begin(), scope.end());
    const CostFunction function = problem.function(c);
    if (function.sparse) {
      constraint.sparse = RemoteSparse{function.sparse->default_cost, function.sparse->tuples, function.sparse->costs};
    } else {
      const auto [at, fresh] = known.try_emplace(function.cells.data(), std::uint32_t(remote.tables.size()));
      if (fresh) remote.tables.emplace_back(function.cells.begin(), function.cells.end());
      constraint.table = at->second;
    }
    remote.constraints.push_back(std::move(constraint));
  }
  return remote;
}

Problem build_problem(const RemoteProblem& remote) {
  if (!remote.text.empty()) return parse(remote.text, remote.infinity, remote.seed);
  ProblemBuilder builder("", remote.maximise ? Objective::maximise : Objective::minimise);
  builder.set_infinity(remote.infinity);
  if (remote.cost_limit) builder.set_cost_limit(*remote.cost_limit);
  for (std::size_t d = 0; d < remote.domains.size(); ++d) {
    if (remote.domains[d] == 0 || remote.domains[d] > largest_domain)
      refuse("a domain without values or with too many");
    std::vector<Value> values;
    for (std::uint32_t value = 0; value < remote.domains[d]; ++value) values.emplace_back(std::int64_t(value));
    builder.add_domain("d" + std::to_string(d), std::move(values));
  }
  if (remote.initial.size() != remote.domain_of.size()) refuse("other initial values than variables");
  for (std::size_t v = 0; v < remote.domain_of.size(); ++v) {
    const std::uint32_t domain = remote.domain_of[v];
    if (domain >= remote.domains.size()) refuse("a variable without a domain");
    if (remote.initial[v] != no_value &&
        (remote.initial[v] < 0 || std::uint32_t(remote.initial[v]) >= remote.domains[domain]))
      refuse("an initial value outside its domain");
    builder.add_variable("", domain, remote.initial[v]);
  }
  for (const auto& [variable, costs] : remote.unary) {
    if (variable >= remote.domain_of.size() || costs.size() != remote.domains[remote.domain_of[variable]])
      refuse("costs of a variable that do not match its domain");
    builder.add_unary_costs(variable, costs);
  }
  std::vector<ProblemBuilder::TableId> tables;
  for (const auto& cells : remote.tables) tables.push_back(builder.add_table(cells));
  for (const RemoteConstraint& constraint : remote.constraints) {
    for (const std::uint32_t variable : constraint.scope)
      if (variable >= remote.domain_of.size()) refuse("a constraint over a variable that is not there");
    if (constraint.sparse) {
      const RemoteSparse& sparse = *constraint.sparse;
      const std::size_t arity = constraint.scope.size();
      if (sparse.tuples.size() != arity * sparse.costs.size()) refuse("a sparse table with other tuples than costs");
      for (std::size_t t = 0; t < sparse.tuples.size(); ++t) {
        const std::uint32_t size = remote.domains[remote.domain_of[constraint.scope[t % arity]]];
        if (sparse.tuples[t] < 0 || std::uint32_t(sparse.tuples[t]) >= size) refuse("a tuple outside its domains");
      }
      SparseTable table{std::uint32_t(arity), sparse.default_cost, sparse.tuples, sparse.costs};
      builder.add_sparse_constraint("", constraint.scope, std::move(table));
    } else {
      if (constraint.table >= tables.size()) refuse("a constraint without a table");
      builder.add_table_constraint("", constraint.scope, tables[constraint.table]);
    }
  }
  return builder.build();
}

}  // namespace entente
