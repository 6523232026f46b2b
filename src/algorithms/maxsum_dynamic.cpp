// SPDX-License-Identifier: MIT
// Max-Sum for problems that change while it runs.
#include "entente/algorithm/damping.hpp"
#include "entente/algorithm/roles.hpp"

namespace entente::algorithms {
namespace {

/// Max-Sum without a beginning: everybody speaks from the first cycle on and remembers what it last said on each edge,
/// so that a run can go on after factors came, went or changed. Tiny preferences keep to their variables.
///
/// DynamicMaxSum (entente/solve/dynamic_maxsum.hpp) is what changes the problem between two cycles.
///
/// Messages |domain| numbers of 8 bytes on every edge of the factor graph, each way, per cycle.
/// Cost     O(arity * cells) time per factor and cycle.
/// From     Farinelli, Rogers, Petcu & Jennings, "Decentralised coordination of low-power embedded devices using the
///          Max-Sum algorithm", AAMAS 2008. Left open there: as in `maxsum`; and what becomes of old messages, which
///          here stay where their edge does.
struct MaxSumDynamic {
  static constexpr Info info{.name = "maxsum_dynamic",
                             .summary = "Max-Sum that goes on when factors or external variables change",
                             .graph = Graph::factor,
                             .timing = Timing::cycles,
                             .source = "Farinelli, Rogers, Petcu & Jennings, AAMAS 2008"};

  struct Params {
    double damping = 0.5;
    Damped damping_nodes = Damped::both;
    double stability = 0.1;
    double noise = 0.01;
  };
  static constexpr auto parameters = std::tuple{
      real("damping", &Params::damping, 0.0, 1.0, "share of the last message that is kept in the next"),
      choice("damping_nodes", &Params::damping_nodes, {"vars", "factors", "both", "none"}, "whose messages are damped"),
      real("stability", &Params::stability, 0.0, 1.0, "relative change below which a message counts as the same"),
      real("noise", &Params::noise, 0.0, 1e6, "each value of a variable gets a random preference of up to this cost")};

  static Speakers first_speakers(const Params&) { return Speakers::all; }
  static bool remembers_variables(const Params& p) { return damps_variables(p.damping, p.damping_nodes); }

  struct Variable {
    void start(auto& self) {
      if (self.degree() == 0) return;  // nobody to tell, for now
      for (ValueIndex v = 0; v < self.domain(); ++v)
        self.prefer_less(v, self.params().noise * self.uniform(static_cast<std::uint32_t>(v)));
    }
    /// Q: what all its other factors said, and what it costs itself.
    void tell(auto& factor) {
      const Params& p = factor.params();
      auto others = normalised(factor.belief() - factor.heard());
      if (remembers_variables(p)) others = damped(factor, factor.sent(), std::move(others), p.damping, p.stability);
      factor.send(std::move(others));
    }
    /// Z: the sum of everything heard decides.
    void step(auto& self) { self.choose(cheapest(self.belief())); }
  };

  struct Factor {
    /// R: for each value of each of its variables, the cheapest completion.
    void step(auto& self) {
      const Params& p = self.params();
      const double keep = damps_factors(p.damping, p.damping_nodes) ? p.damping : 0;
      for (Neighbour k = 0; k < self.degree(); ++k)
        self.send(k, damped(self, self.sent(k), normalised(self.min_marginal(k)), keep, p.stability));
    }
  };
  using Computations = Roles<Variable, Factor>;

  static double memory(const Node& node) { return 2.0 * node.degree() * node.domain * sizeof(double); }
  static double load(const Link& link) { return double(link.domain) * sizeof(double); }
};

}  // namespace

Algorithm maxsum_dynamic() { return algorithm_of<MaxSumDynamic>(); }

}  // namespace entente::algorithms
