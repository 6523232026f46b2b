// SPDX-License-Identifier: MIT
// Max-Sum, belief propagation on factor graphs.
#include "entente/algorithm/damping.hpp"
#include "entente/algorithm/roles.hpp"

namespace entente::algorithms {
namespace {

/// Variables and cost functions (factors) tell each other, for every value of a variable, the least cost of the rest of
/// the problem as far as they have heard of it. Costs are minimised here; for a problem to be maximised they come
/// negated.
///
/// Exact on trees. Elsewhere an approximation that is often good and may oscillate; damping helps. Tiny random
/// preferences (`noise`) break the symmetries that would leave all values equally good.
///
/// Messages |domain| numbers of 8 bytes on every edge of the factor graph, each way, per cycle. In a cycle the
/// variables
///          speak, then the factors answer, then the variables decide.
/// Cost     O(arity * cells) time per factor and cycle.
/// From     Farinelli, Rogers, Petcu & Jennings, "Decentralised coordination of low-power embedded devices using the
///          Max-Sum algorithm", AAMAS 2008. Left open there: messages are normalised to a lowest cost of 0; of several
///          cheapest values the lowest is taken; damping as in Cohen, Galiki & Zivan, Artificial Intelligence 279
///          (2020). Ends by itself when for four cycles no value changed and no message would, undamped, differ from
///          the last by more than `stability` times the largest cost in it.
struct MaxSum {
  static constexpr Info info{.name = "maxsum",
                             .summary = "belief propagation on the factor graph; exact on trees",
                             .graph = Graph::factor,
                             .timing = Timing::cycles,
                             .source = "Farinelli, Rogers, Petcu & Jennings, AAMAS 2008"};

  struct Params {
    double damping = 0.5;
    Damped damping_nodes = Damped::both;
    double stability = 0.1;
    double noise = 0.01;
    Speakers start_messages = Speakers::leaves;
  };
  static constexpr auto parameters = std::tuple{
      real("damping", &Params::damping, 0.0, 1.0, "share of the last message that is kept in the next"),
      choice("damping_nodes", &Params::damping_nodes, {"vars", "factors", "both", "none"}, "whose messages are damped"),
      real("stability", &Params::stability, 0.0, 1.0, "relative change below which a message counts as the same"),
      real("noise", &Params::noise, 0.0, 1e6, "each value of a variable gets a random preference of up to this cost"),
      choice("start_messages", &Params::start_messages, {"leafs", "leafs_vars", "all"},
             "who speaks in the first cycle: nodes with one neighbour, those and all variables, or all nodes")};

  static Speakers first_speakers(const Params& p) { return p.start_messages; }
  static bool remembers_variables(const Params& p) { return damps_variables(p.damping, p.damping_nodes); }

  struct Variable {
    void start(auto& self) {
      if (self.degree() == 0) return;  // nobody to tell
      for (ValueIndex v = 0; v < self.domain(); ++v)
        self.prefer_less(v, self.params().noise * self.uniform(static_cast<std::uint32_t>(v)));
    }
    /// Q: what all its other factors said, and what it costs itself.
    void tell(auto& factor) {
      auto others = normalised(factor.belief() - factor.heard());
      const Params& p = factor.params();
      if (damps_variables(p.damping, p.damping_nodes))
        factor.send(damped(factor, factor.sent(), std::move(others), p.damping, p.stability));
      else
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

Algorithm maxsum() { return algorithm_of<MaxSum>(); }

}  // namespace entente::algorithms
