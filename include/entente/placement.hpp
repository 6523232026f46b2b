// SPDX-License-Identifier: MIT
// Placement: which agent hosts which computation of a problem, and what that costs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entente/algorithm/info.hpp"
#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"
#include "entente/problem/problem.hpp"

namespace entente {

/// What a computation sends over one link in one cycle: this many values, and this many for each value of a domain (its
/// own; on factor graphs that of the link's variable).
struct LinkLoad {
  double fixed = 1, per_value = 0;
};

struct PlacementOptions {
  std::optional<LinkLoad> load = {};  ///< Of the algorithm; absent: one value a link, a vector of costs on factor
                                      ///< graphs. Without meaning on pseudo-trees, whose tables the problem gives.
  double communication_weight = 0.8;  ///< At least 0, as is the next.
  double hosting_weight = 0.2;
  double timeout = 60;     ///< Seconds of integer programming, which may pass it by one linear program.
  std::uint64_t seed = 0;  ///< For `adhoc` and `partition`.
};

/// A way to place, as `entente distribute -d` knows it.
struct PlacementMethod {
  std::string name;
  std::string summary;              ///< One sentence.
  std::optional<Graph> graph = {};  ///< The only one that it takes; absent: any.
  bool exact = false;               ///< An integer program: its objective is proven lowest, given time.
  bool free_hosts = false;          ///< An agent that is said to host a computation for nothing has to host it.
  bool communication_only = false;  ///< Its objective leaves hosting out.
};
/// By name.
std::vector<PlacementMethod> placement_methods();

struct PlacementCost {
  double total = 0;          ///< Weighted.
  double communication = 0;  ///< Sum over links of load times route.
  double hosting = 0;        ///< Sum over computations.
};

struct PlacementResult {
  Distribution distribution;  ///< Every agent of the problem, in its order; computations in theirs.
  PlacementCost cost;
  bool proven = false;     ///< No placement has a lower objective.
  bool timed_out = false;  ///< The time limit came before a proof; this is the best found.
};

/// No placement keeps to all capacities and hints, or none was found in time; says which of them clash.
class PlacementFailure : public Error {
 public:
  using Error::Error;
};

/// Places the computations of `problem` on its agents (one agent a variable, called a_VARIABLE, if it names none).
///
/// All methods keep to capacities and to the hints must_host and host_with. A computation's footprint is what its
/// neighbours tell it in a cycle, in values (on pseudo-trees the cells of its table); a link's load is the mean of
/// both directions. Hosting costs are those that the file says for agent and computation, else the agent's default;
/// `free_hosts` methods take an explicit 0, never a default, for a must: where exactly one agent has it.
///
/// Errors  Error{wrong_use} for an unknown method, or one that does not take the graph; PlacementFailure;
///         Error{too_large} past 4 million columns of an integer program; Error{unsupported} where the library of
///         CBC or METIS, which are loaded when asked for, is not installed.
/// Cost    heuristics O(links * agents); see docs/distributing.md for the others.
PlacementResult place(const Problem& problem, Graph graph, std::string_view method,
                      const PlacementOptions& options = {});

/// What a distribution costs, whoever made it. It has to host every computation of the graph; what it places beyond
/// (constraints where only variables are computations) counts for nothing. Throws Error{bad_input} otherwise.
PlacementCost placement_cost(const Problem& problem, Graph graph, const Distribution& distribution,
                             const PlacementOptions& options = {});

}  // namespace entente
