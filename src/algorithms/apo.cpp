// SPDX-License-Identifier: MIT
// APO, Asynchronous Partial Overlay.
#include <string>

#include "algorithm/mediation.hpp"
#include "entente/base/error.hpp"

namespace entente::algorithms {
namespace {

/// Agents that see a violated constraint mediate: they solve the part of the problem that they know, and have the
/// variables in it take the solution; whom that would hurt is drawn into the part. Ends with a solution, or when some
/// part has none.
///
/// Cost  exponential in the largest part that is centralised; messages carry the constraints of a variable.
/// From  Mailler & Lesser, "Asynchronous Partial Overlay: a new algorithm for solving distributed constraint
///       satisfaction problems", JAIR 25 (2006) 529-576. Differs in that sessions have all the members they need or do
///       not take place, which is what completeness takes (Grinshpoun & Meisels, JAIR 33 (2008) 223-258), that only
///       those are locked on which the difference depends, and that the number of violations never rises.
struct Apo : Mediation<Apo> {
  static constexpr Info info{.name = "apo",
                             .summary = "satisfaction: mediators solve growing parts of the problem",
                             .graph = Graph::constraint,
                             .timing = Timing::events,
                             .complete = true,
                             .monotone = true,
                             .certified = true,
                             .source = "Mailler & Lesser, JAIR 25 (2006) 529-576"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  static std::string refuses(const Problem& problem) {
    if (std::string reason = cannot_share(problem); !reason.empty()) return reason;
    for (VariableId v = 0; v < problem.variable_count(); ++v)
      for (const SharedFunction& function : shared_functions(problem, v)) {
        if (function->largest == 0) continue;
        const bool own = function->key >= FunctionTable::own_costs;
        return "is for satisfaction: every constraint allows a combination of values or forbids it; " +
               (own ? "variable " + printable(problem.variable_name(v)) + " has costs of its own"
                    : "constraint " + printable(problem.constraint_name(ConstraintId(function->key))) +
                          " prefers some to others") +
               "; use optapo";
      }
    return {};
  }

  using Messages = Kinds<Link, Init, Value, Evaluate, Evaluated, Busy, Accept, Cancel, Hopeless, Token, Done>;

  static bool warm(const Params&) { return true; }
  static std::int64_t largest(const Params&) { return 0; }
  bool exempt() const { return false; }
  void surveyed(Agent auto&) {}  // a part that costs anything has no solution
};

}  // namespace

Algorithm apo() { return algorithm_of<Apo>(); }

}  // namespace entente::algorithms
