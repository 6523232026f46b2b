// SPDX-License-Identifier: MIT
// What a division of a resource costs, and which limits it passes.
#include "entente/problem/resource_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <unordered_set>

#include "entente/base/error.hpp"
#include "problem/compensated_sum.hpp"
#include "problem/refuse.hpp"

namespace entente {
namespace {

double product(std::span<const double> row, std::span<const double> x) {
  CompensatedSum sum;
  for (std::size_t k = 0; k < row.size(); ++k) sum.add(row[k] * x[k]);
  return sum.value();
}

std::span<const double> of_agent(std::span<const double> x, std::size_t agent, std::size_t dimension) {
  return x.subspan(agent * dimension, dimension);
}

std::vector<double> total(const ResourceProblem& problem, std::span<const double> x) {
  std::vector<double> result(problem.dimension);
  for (std::size_t t = 0; t < problem.dimension; ++t) {
    CompensatedSum sum;
    for (std::size_t i = 0; i < problem.agents.size(); ++i) sum.add(x[i * problem.dimension + t]);
    result[t] = sum.value();
  }
  return result;
}

/// `agents[3].q`, or `coupling.rhs`: written only when it is needed.
struct Key {
  const char* part;
  std::optional<std::size_t> agent = {};

  std::string text() const { return agent ? fmt::format("agents[{}].{}", *agent, part) : part; }
  std::string text(std::size_t item) const { return fmt::format("{}[{}]", text(), item); }
};

/// The checks of one problem; `refuse` throws.
class Checks {
 public:
  Checks(const ResourceProblem& problem, const Refuse& refuse) : problem_(problem), refuse_(refuse) {}

  void head() const;
  void agent(std::size_t index) const;
  void coupling() const;

 private:
  void refuse(const std::string& key, const std::string& message, ErrorCode code = ErrorCode::bad_input) const {
    refuse_(key, message, code);
  }
  void finite(std::span<const double> numbers, const Key& key) const {
    for (std::size_t k = 0; k < numbers.size(); ++k)
      if (!std::isfinite(numbers[k])) refuse(key.text(k), "is not finite; expected a number");
  }
  void finite(double number, const Key& key) const {
    if (!std::isfinite(number)) refuse(key.text(), "is not finite; expected a number");
  }
  void size(std::span<const double> numbers, std::size_t expected, const Key& key, const char* meaning) const {
    if (numbers.size() != expected)
      refuse(key.text(), fmt::format("has {} numbers; expected {}, {}", numbers.size(), expected, meaning));
  }
  void matrix(const DenseMatrix& matrix, std::span<const double> rhs, const Key& key, const Key& rhs_key) const {
    if (matrix.rows > 0 && matrix.columns != problem_.dimension)
      refuse(key.text(),
             fmt::format("has rows of {} numbers; expected {}, the dimension n", matrix.columns, problem_.dimension));
    size(rhs, matrix.rows, rhs_key, "one for each row");
    finite(matrix.values, key);
    finite(rhs, rhs_key);
  }

  const ResourceProblem& problem_;
  const Refuse& refuse_;
};

void Checks::head() const {
  if (problem_.dimension == 0) refuse("n", "is 0; expected a dimension of 1 or more");
  if (problem_.kind == ResourceKind::network && problem_.dimension != 1)
    refuse("n",
           fmt::format("is {}; a network has one number, the generation, at each bus: expected 1", problem_.dimension));
  if (problem_.agents.empty()) refuse("agents", "is empty; expected at least one agent");
  std::unordered_set<std::string_view> ids;
  for (std::size_t i = 0; i < problem_.agents.size(); ++i) {
    const std::string& id = problem_.agents[i].id;
    if (id.empty()) refuse(fmt::format("agents[{}].id", i), "is empty; expected a name");
    if (!ids.insert(id).second)
      refuse(fmt::format("agents[{}].id", i),
             fmt::format("'{}' is the id of another agent too; ids must differ", printable(id)));
  }
}

void Checks::agent(std::size_t index) const {
  const ResourceAgent& agent = problem_.agents[index];
  const std::size_t n = problem_.dimension;
  const auto key = [&](const char* part) { return Key{part, index}; };
  const auto name = [&] { return printable(agent.id); };
  for (const auto& [numbers, part] : {std::pair(&agent.quadratic, "q"), std::pair(&agent.linear, "c"),
                                      std::pair(&agent.lower, "lower"), std::pair(&agent.upper, "upper")})
    size(*numbers, n, key(part), "the dimension n");
  finite(agent.quadratic, key("q"));
  finite(agent.linear, key("c"));
  finite(agent.constant, key("const"));
  finite(agent.load, key("load"));
  finite(agent.l1, key("l1"));
  matrix(agent.measurement, agent.measured, key("H"), key("y"));
  matrix(agent.equality, agent.equality_rhs, key("Aeq"), key("beq"));
  matrix(agent.inequality, agent.inequality_rhs, key("A"), key("b"));
  for (std::size_t k = 0; k < n; ++k) {
    const double lower = agent.lower[k], upper = agent.upper[k];
    if (agent.quadratic[k] < 0)
      refuse(key("q").text(k),
             fmt::format("is {}: the cost of agent '{}' is not convex; expected 0 or more", agent.quadratic[k], name()),
             ErrorCode::unsupported);
    if (std::isnan(lower) || lower == HUGE_VAL) refuse(key("lower").text(k), "is no lower bound; expected a number");
    if (std::isnan(upper) || upper == -HUGE_VAL) refuse(key("upper").text(k), "is no upper bound; expected a number");
    if (lower > upper)
      refuse(key("lower").text(k),
             fmt::format("agent '{}' has the lower bound {} above its upper bound {}; exchange them", name(), lower,
                         upper));
  }
  if (agent.l1 < 0)
    refuse(key("l1").text(),
           fmt::format("is {}: the cost of agent '{}' is not convex; expected 0 or more", agent.l1, name()),
           ErrorCode::unsupported);
}

void Checks::coupling() const {
  const std::size_t n = problem_.dimension;
  const auto& weights = problem_.weights;
  if (problem_.kind == ResourceKind::sharing) {
    const bool target = problem_.coupling == Coupling::target_l1 || problem_.coupling == Coupling::target_l2;
    const Key key{target ? "coupling.target" : "coupling.rhs"};
    size(problem_.rhs, n, key, "the dimension n");
    finite(problem_.rhs, key);
    if (target) {
      size(weights, n, Key{"coupling.weights"}, "the dimension n");
      finite(weights, Key{"coupling.weights"});
      for (std::size_t t = 0; t < n; ++t)
        if (weights[t] < 0)
          refuse(fmt::format("coupling.weights[{}]", t),
                 fmt::format("is {}: the distance would not be convex; expected 0 or more", weights[t]),
                 ErrorCode::unsupported);
    }
  }
  finite(problem_.coupling_l1, Key{"coupling.l1"});
  if (problem_.coupling_l1 < 0)
    refuse("coupling.l1", fmt::format("is {}: not convex; expected 0 or more", problem_.coupling_l1),
           ErrorCode::unsupported);
  for (std::size_t l = 0; l < problem_.lines.size(); ++l) {
    const ResourceLine& line = problem_.lines[l];
    const std::string key = fmt::format("coupling.lines[{}]", l);
    const std::size_t buses = problem_.agents.size();
    if (line.from >= buses || line.to >= buses || line.from == line.to)
      refuse(key, fmt::format("links buses {} and {}; expected two different ones of 0 to {}", line.from, line.to,
                              buses - 1));
    if (!(std::isfinite(line.reactance) && line.reactance > 0))
      refuse(key, fmt::format("has the reactance {}; expected a number above 0", line.reactance));
    if (!(line.capacity >= 0)) refuse(key, fmt::format("has the capacity {}; expected 0 or more", line.capacity));
  }
}

/// Which connected part of the network each bus lies in: the lowest bus of it.
std::vector<std::uint32_t> parts_of(const ResourceProblem& problem) {
  std::vector<std::uint32_t> part(problem.agents.size());
  std::iota(part.begin(), part.end(), 0u);
  const auto root = [&](std::uint32_t bus) {
    while (part[bus] != bus) bus = part[bus] = part[part[bus]];
    return bus;
  };
  for (const ResourceLine& line : problem.lines) {
    const std::uint32_t a = root(line.from), b = root(line.to);
    part[std::max(a, b)] = std::min(a, b);
  }
  for (std::uint32_t bus = 0; bus < part.size(); ++bus) part[bus] = root(bus);
  return part;
}

/// The angles that carry the net outflows, which add up to 0 in each connected part, over the lines. Solves the
/// weighted Laplacian by conjugate gradients, scaled by its diagonal.
std::vector<double> angles_of(const ResourceProblem& problem, std::span<const double> outflow) {
  const std::size_t n = outflow.size();
  std::vector<double> angle(n, 0.0), residual(outflow.begin(), outflow.end()), scaled(n), image(n), scale(n, 0.0);
  for (const ResourceLine& line : problem.lines)
    for (const std::uint32_t end : {line.from, line.to}) scale[end] += 1 / line.reactance;
  for (double& one : scale) one = one > 0 ? 1 / one : 0;
  for (std::size_t i = 0; i < n; ++i) scaled[i] = scale[i] * residual[i];
  std::vector<double> direction = scaled;
  double size = product(residual, scaled);
  const double enough = size * 1e-30;
  for (std::size_t step = 0; step < 20 * n + 20 && size > enough; ++step) {
    std::ranges::fill(image, 0.0);
    for (const ResourceLine& line : problem.lines) {
      const double flow = (direction[line.from] - direction[line.to]) / line.reactance;
      image[line.from] += flow;
      image[line.to] -= flow;
    }
    const double curvature = product(direction, image);
    if (!(curvature > 0)) break;
    const double length = size / curvature;
    for (std::size_t i = 0; i < n; ++i) {
      angle[i] += length * direction[i];
      residual[i] -= length * image[i];
      scaled[i] = scale[i] * residual[i];
    }
    const double next = product(residual, scaled);
    for (std::size_t i = 0; i < n; ++i) direction[i] = scaled[i] + next / size * direction[i];
    size = next;
  }
  return angle;
}

double network_violation(const ResourceProblem& problem, std::span<const double> x) {
  std::vector<double> outflow(problem.agents.size());
  for (std::size_t i = 0; i < outflow.size(); ++i) outflow[i] = x[i] - problem.agents[i].load;
  // What a connected part as a whole has too much or too little no angles can mend.
  const std::vector<std::uint32_t> part = parts_of(problem);
  std::vector<CompensatedSum> sums(outflow.size());
  std::vector<double> members(outflow.size(), 0.0);
  for (std::size_t i = 0; i < outflow.size(); ++i) sums[part[i]].add(outflow[i]), ++members[part[i]];
  double worst = 0;
  for (const CompensatedSum& sum : sums) worst = std::max(worst, std::abs(sum.value()));
  for (std::size_t i = 0; i < outflow.size(); ++i) outflow[i] -= sums[part[i]].value() / members[part[i]];
  const std::vector<double> angle = angles_of(problem, outflow);
  for (const ResourceLine& line : problem.lines) {
    const double flow = (angle[line.from] - angle[line.to]) / line.reactance;
    worst = std::max(worst, std::abs(flow) - line.capacity);
    outflow[line.from] -= flow;
    outflow[line.to] += flow;
  }
  for (const double left : outflow) worst = std::max(worst, std::abs(left));
  return worst;
}

}  // namespace

double ResourceAgent::cost(std::span<const double> x) const {
  CompensatedSum sum;
  sum.add(constant);
  for (std::size_t k = 0; k < x.size(); ++k) {
    sum.add(0.5 * quadratic[k] * x[k] * x[k]);
    sum.add(linear[k] * x[k]);
    sum.add(l1 * std::abs(x[k]));
  }
  for (std::size_t r = 0; r < measurement.rows; ++r) {
    const double miss = product(measurement.row(r), x) - measured[r];
    sum.add(0.5 * miss * miss);
  }
  return sum.value();
}

double ResourceAgent::violation(std::span<const double> x) const {
  double worst = 0;
  for (std::size_t k = 0; k < x.size(); ++k) worst = std::max({worst, lower[k] - x[k], x[k] - upper[k]});
  for (std::size_t r = 0; r < equality.rows; ++r)
    worst = std::max(worst, std::abs(product(equality.row(r), x) - equality_rhs[r]));
  for (std::size_t r = 0; r < inequality.rows; ++r)
    worst = std::max(worst, product(inequality.row(r), x) - inequality_rhs[r]);
  return worst;
}

double ResourceProblem::cost(std::span<const double> x) const {
  CompensatedSum sum;
  for (std::size_t i = 0; i < agents.size(); ++i) sum.add(agents[i].cost(of_agent(x, i, dimension)));
  if (kind == ResourceKind::sharing && coupling != Coupling::equality && coupling != Coupling::capacity) {
    const std::vector<double> all = total(*this, x);
    for (std::size_t t = 0; t < dimension; ++t) {
      const double miss = all[t] - rhs[t];
      sum.add(weights[t] * (coupling == Coupling::target_l2 ? miss * miss : std::abs(miss)));
    }
  }
  if (kind == ResourceKind::consensus && coupling_l1 > 0)
    for (const double all : total(*this, x)) sum.add(coupling_l1 * std::abs(all) / double(agents.size()));
  return sum.value();
}

double ResourceProblem::violation(std::span<const double> x) const {
  double worst = 0;
  for (std::size_t i = 0; i < agents.size(); ++i)
    worst = std::max(worst, agents[i].violation(of_agent(x, i, dimension)));
  if (kind == ResourceKind::network) return std::max(worst, network_violation(*this, x));
  const std::vector<double> all = total(*this, x);
  if (kind == ResourceKind::consensus) {
    for (std::size_t i = 0; i < x.size(); ++i)
      worst = std::max(worst, std::abs(x[i] - all[i % dimension] / double(agents.size())));
  } else if (coupling == Coupling::equality) {
    for (std::size_t t = 0; t < dimension; ++t) worst = std::max(worst, std::abs(all[t] - rhs[t]));
  } else if (coupling == Coupling::capacity) {
    for (std::size_t t = 0; t < dimension; ++t) worst = std::max(worst, all[t] - rhs[t]);
  }
  return worst;
}

void ResourceProblem::check() const { check_problem(*this, refuse_without_place); }

void check_problem(const ResourceProblem& problem, const Refuse& refuse) {
  const Checks checks(problem, refuse);
  checks.head();
  for (std::size_t i = 0; i < problem.agents.size(); ++i) checks.agent(i);
  checks.coupling();
}

}  // namespace entente
