// SPDX-License-Identifier: MIT
// Exact: the central reference.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/base/error.hpp"
#include "kernel/elimination_workspace.hpp"
#include "kernel/exact/minimise.hpp"

namespace entente::algorithms {
namespace {

/// The first computation solves the whole problem by itself and tells each of the others its value.
///
/// Not distributed at all: it shows what the optimum is, and how long finding it takes where everything is known in one
/// place. While it works it proposes each better assignment and reports the bound it has proven.
///
/// Cost  exponential time; one message of 4 bytes to every other variable. Memory: a copy of all tables, and what
///       `MinimiseOptions::memory` allows.
/// From  hybrid best-first search: Allouche, de Givry, Katsirelos, Schiex & Zytnicki, CP 2015; existential arc
///       consistency: de Givry, Heras, Zytnicki & Larrosa, IJCAI 2005; bucket elimination: Dechter, AIJ 113 (1999).
struct Exact {
  static constexpr Info info{.name = "exact",
                             .summary = "exact and central: one computation solves the whole problem",
                             .graph = Graph::constraint,
                             .timing = Timing::events,
                             .complete = true,
                             .bound = true,
                             .source = "Allouche et al., CP 2015; de Givry et al., IJCAI 2005"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};

  struct Decision {
    ValueIndex value;
    bool fits(const MessageGround& at) const { return at.from() == 0 && at.own(value); }
  };
  using Messages = Kinds<Decision>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    value = self.initial_value();
    if (self.id() == 0) solve(self);
  }

  void receive(Agent auto&, ComputationId, const Decision& decision) { value = decision.value; }

 private:
  void solve(Agent auto& self) {
    const std::uint64_t memory = self.template workspace<EliminationWorkspace>().budget.limit();
    const CostNetwork network = make_cost_network(self.problem(), memory / 2);
    double cost = std::numeric_limits<double>::infinity();
    MinimiseOptions options;
    options.stop = {self.stop_flag(), {}};
    options.memory = memory / 2;
    options.on_progress = [&](const MinimiseProgress& progress) {
      if (progress.cost < cost) self.propose(progress.assignment);
      cost = std::min(cost, progress.cost);
      self.report_bound(progress.bound);
    };
    const MinimiseResult result = minimise(network, options);
    self.check(result.work);
    if (result.status == MinimiseResult::Status::stopped && result.assignment.empty() && !self.stop_requested())
      throw Error(
          ErrorCode::too_large,
          "exact found no assignment within the memory it may use; allow more (--memory), or use a local method");
    if (!result.assignment.empty()) self.propose(result.assignment);
    self.report_bound(result.bound);
    for (VariableId v = 0; v < result.assignment.size(); ++v)
      if (v == self.id())
        value = result.assignment[v];
      else
        self.send(v, Decision{result.assignment[v]});
  }
};

}  // namespace

Algorithm exact() { return algorithm_of<Exact>(); }

}  // namespace entente::algorithms
