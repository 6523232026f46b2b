// SPDX-License-Identifier: MIT
// DBA, the Distributed Breakout Algorithm.
#include <algorithm>
#include <string>

#include "entente/algorithm.hpp"
#include "entente/problem/problem.hpp"

namespace entente::algorithms {
namespace {

/// For satisfaction: each violated constraint weighs more the longer it keeps variables stuck, and in each
/// neighbourhood only the largest improvement moves. Ends by itself on an assignment that satisfies every constraint;
/// on a problem without one it goes on for ever.
///
/// Cost   O(degree * |domain|) time and 2 * degree messages of 4 and 12 bytes, per variable and cycle; raising a weight
///        O(cells). Memory: a copy of each constraint per member.
/// From   Yokoo & Hirayama, "Distributed breakout algorithm for solving distributed constraint satisfaction problems",
///        ICMAS 1996. Left open there: ties go to the lower id; of several best values the lowest is taken. Every
///        variable weighs its constraints itself.
struct Dba {
  static constexpr Info info{.name = "dba",
                             .summary = "satisfaction: local search that weighs violated constraints where it is stuck",
                             .graph = Graph::constraint,
                             .timing = Timing::cycles,
                             .source = "Yokoo & Hirayama, ICMAS 1996"};
  static constexpr bool owns_costs = true;

  static constexpr std::int32_t most_distance = 1'000'000'000;
  struct Params {
    std::int64_t infinity = 10000;
    std::int64_t max_distance = 50;
  };
  static constexpr auto parameters = std::tuple{
      integer("infinity", &Params::infinity, 1, std::int64_t(1) << 53, "a cost from which on a constraint is violated"),
      integer("max_distance", &Params::max_distance, 1, most_distance,
              "no two variables are further apart than this; the end takes so many cycles to be known")};

  /// Says which cost makes the problem more than a matter of satisfying constraints.
  static std::string refuses(const Problem& problem, const Params& params) {
    if (problem.objective() == Objective::maximise)
      return "is made for constraints to be satisfied, and this problem maximises; use dgls or dsa";
    std::string reason;
    const auto look = [&](std::span<const double> costs, const std::string& what) {
      for (const double cost : costs)
        if (cost != 0 && !problem.is_hard(cost) && !(cost >= double(params.infinity)) && reason.empty())
          reason = "is made for constraints to be satisfied, whose costs are 0 or at least infinity (" +
                   std::to_string(params.infinity) + "); " + what + " has a cost of " + detail::number_text(cost) +
                   "; use dgls or dsa, or set -p infinity";
    };
    for (ConstraintId c = 0; c < problem.constraint_count() && reason.empty(); ++c) {
      const CostFunction f = problem.function(c);
      const std::string what = "constraint " + problem.constraint_name(c);
      if (f.kind == FunctionKind::table) look(f.cells, what);
      if (f.kind == FunctionKind::sparse) look(f.sparse->costs, what), look({&f.sparse->default_cost, 1}, what);
    }
    for (VariableId v = 0; v < problem.variable_count() && reason.empty(); ++v)
      look(problem.unary_costs(v), "variable " + problem.variable_name(v));
    return reason;
  }

  struct Ok {
    ValueIndex value;
  };
  struct Improve {
    float improve, evaluation;
    std::int32_t termination_counter;
    bool fits(const MessageGround&) const {
      return termination_counter >= 0 && termination_counter < most_distance * 2;
    }
  };
  using Cycle = Phases<Ok, Improve>;

  ValueIndex value = 0, candidate = 0;
  float improve = 0, evaluation = 0;
  std::int32_t termination_counter = 0;

  void start(Agent auto& self) {
    value = self.initial_value();
    self.each_constraint(value, [&](OwnConstraint& constraint) { weigh(self, constraint, 1); });
    self.broadcast(Ok{value});
  }

  void step(Agent auto& self, Inbox<Ok>) {
    const Move move = self.best_response(value);  // costs are weights here
    candidate = move.value;
    improve = static_cast<float>(move.gain);
    evaluation = static_cast<float>(move.cost);
    self.broadcast(Improve{improve, evaluation, termination_counter});
  }

  void step(Agent auto& self, Inbox<Improve> others) {
    bool wins = improve > 0, stuck = !wins, consistent = evaluation == 0;
    std::int32_t counter = termination_counter;
    for (Neighbour k = 0; k < others.size(); ++k) {
      const Improve theirs = others[k];
      wins = wins && (theirs.improve < improve || (theirs.improve == improve && self.id() < others.sender(k)));
      stuck = stuck && !(theirs.improve > 0);
      consistent = consistent && theirs.evaluation == 0;
      counter = std::min(counter, theirs.termination_counter);
    }
    termination_counter = consistent ? counter + 1 : 0;
    if (termination_counter >= self.params().max_distance) self.finish();
    if (stuck && evaluation > 0)
      self.each_constraint(value, [&](OwnConstraint& constraint) {
        if (violated(self, constraint.cost())) weigh(self, constraint, constraint.believed() + 1);
      });
    if (wins) value = candidate;
    self.broadcast(Ok{value});
  }

  bool operator==(const Dba&) const = default;

 private:
  static bool violated(Agent auto& self, double cost) {
    return cost >= double(self.params().infinity) || (self.hard_cost() > 0 && cost >= self.hard_cost());
  }
  static void weigh(Agent auto& self, OwnConstraint& constraint, double weight) {
    constraint.believe([&](double cost) { return violated(self, cost) ? weight : 0.0; });
  }
};

}  // namespace

Algorithm dba() { return algorithm_of<Dba>(); }

}  // namespace entente::algorithms
