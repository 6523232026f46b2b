// SPDX-License-Identifier: MIT
// Max-Sum on a split constraint factor graph.
#include "entente/algorithm/damping.hpp"
#include "entente/algorithm/roles.hpp"

namespace entente::algorithms {
namespace {

/// Max-Sum in which every factor is two, with shares `split` and 1 - `split` of its costs: between them run short
/// loops, on which messages grow steadily towards the values they agree on. Equal shares converge soonest, unequal ones
/// explore more.
///
/// Both parts of a factor sit in one computation and use one table: the cheapest completions of a share s of the costs
/// are s times those of the whole, when what the variables say is divided by s.
///
/// Messages 2 |domain| numbers of 8 bytes, one vector for each part, on every edge, each way, per cycle.
/// Cost     O(arity * cells) time per factor and cycle, twice that of Max-Sum.
/// From     Cohen, Galiki & Zivan, "Governing convergence of Max-sum on DCOPs through damping and splitting",
/// Artificial
///          Intelligence 279 (2020). Left open there: as in `maxsum`.
struct MaxSumSplit {
  static constexpr Info info{.name = "maxsum_split",
                             .summary = "Max-Sum with every factor split in two: converges fast and well",
                             .graph = Graph::factor,
                             .timing = Timing::cycles,
                             .source = "Cohen, Galiki & Zivan, Artificial Intelligence 279 (2020)"};

  struct Params {
    double split = 0.95;
    double damping = 0.9;
    Damped damping_nodes = Damped::vars;
    double stability = 0.1;
    double noise = 0.01;
    Speakers start_messages = Speakers::all;
  };
  static constexpr auto parameters = std::tuple{
      real("split", &Params::split, 0.01, 0.99, "share of its costs that the first part of a factor has"),
      real("damping", &Params::damping, 0.0, 1.0, "share of the last message that is kept in the next"),
      choice("damping_nodes", &Params::damping_nodes, {"vars", "factors", "both", "none"}, "whose messages are damped"),
      real("stability", &Params::stability, 0.0, 1.0, "relative change below which a message counts as the same"),
      real("noise", &Params::noise, 0.0, 1e6, "each value of a variable gets a random preference of up to this cost"),
      choice("start_messages", &Params::start_messages, {"leafs", "leafs_vars", "all"},
             "who speaks in the first cycle: nodes with one neighbour, those and all variables, or all nodes")};

  static Speakers first_speakers(const Params& p) { return p.start_messages; }
  static bool remembers_variables(const Params&) { return false; }

  static constexpr std::uint32_t parts = 2;
  static constexpr std::uint32_t notes = 2 * parts;
  static constexpr std::uint32_t from_factor(std::uint32_t part) { return part; }
  static constexpr std::uint32_t from_variable(std::uint32_t part) { return parts + part; }

  struct Variable {
    void start(auto& self) {
      if (self.degree() == 0) return;  // nobody to tell
      for (ValueIndex v = 0; v < self.domain(); ++v)
        self.prefer_less(v, self.params().noise * self.uniform(static_cast<std::uint32_t>(v)));
    }
    /// Q, to each part: what all others said, the other part of this factor among them, and what it costs itself.
    void tell(auto& factor) {
      const Params& p = factor.params();
      const bool damps = damps_variables(p.damping, p.damping_nodes);
      for (std::uint32_t part = 0; part < parts; ++part) {
        auto others = normalised(factor.belief() - factor.note(from_factor(part)));
        if (damps) others = damped(factor, factor.note(from_variable(part)), std::move(others), p.damping, p.stability);
        factor.set_said(from_variable(part), others);
      }
    }
    /// Z: the sum of everything heard decides.
    void step(auto& self) { self.choose(cheapest(self.belief())); }
  };

  struct Factor {
    /// R of each part; variables hear the sum.
    void step(auto& self) {
      const Params& p = self.params();
      const double keep = damps_factors(p.damping, p.damping_nodes) ? p.damping : 0;
      for (std::uint32_t part = 0; part < parts; ++part) {
        const double share = part == 0 ? p.split : 1 - p.split;
        for (Neighbour k = 0; k < self.degree(); ++k) self.hear(k, self.note(k, from_variable(part)) * (1 / share));
        for (Neighbour k = 0; k < self.degree(); ++k) {
          auto fresh = normalised(self.min_marginal(k) * share);
          self.set_said(k, from_factor(part),
                        damped(self, self.note(k, from_factor(part)), std::move(fresh), keep, p.stability));
        }
      }
      for (Neighbour k = 0; k < self.degree(); ++k)
        self.send(k, self.note(k, from_factor(0)) + self.note(k, from_factor(1)));
    }
  };
  using Computations = Roles<Variable, Factor>;

  static double memory(const Node& node) { return 2.0 * parts * node.degree() * node.domain * sizeof(double); }
  static double load(const Link& link) { return double(parts) * link.domain * sizeof(double); }
};

}  // namespace

Algorithm maxsum_split() { return algorithm_of<MaxSumSplit>(); }

}  // namespace entente::algorithms
