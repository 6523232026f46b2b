// SPDX-License-Identifier: MIT
// Max-Sum on an alternating directed acyclic graph with value propagation.
#include "entente/algorithm/damping.hpp"
#include "entente/algorithm/roles.hpp"

namespace entente::algorithms {
namespace {

/// Max-Sum whose messages run one way at a time: along an order of all nodes for some cycles, long enough to reach the
/// last of them, then back, and so on. Without loops in a phase, every phase converges.
///
/// Later, with value propagation, a variable says with its costs which value it has decided on, and the factor counts
/// on that value alone when it tells those further on. Costs that are sent along then belong to one assignment, and the
/// algorithm exploits where it explored before.
///
/// Messages |domain| numbers of 8 bytes on every edge of the factor graph, one way, per cycle.
/// Cost     O(arity * cells) time per factor and cycle.
/// From     Zivan & Peled, AAMAS 2012; Zivan, Parash, Cohen, Peled & Okamoto, "Balancing exploration and exploitation
/// in
///          incomplete min/max-sum inference for distributed constraint optimization", Autonomous Agents and
///          Multi-Agent Systems 31 (2017). Left open there: variables are ordered by id, a factor comes after the first
///          half (rounded up) of its variables; the rest as in `maxsum`. Ends by itself when, with value propagation,
///          nothing changed for a phase each way.
struct MaxSumAdvp {
  static constexpr Info info{.name = "maxsum_advp",
                             .summary = "Max-Sum one way at a time, then with values sent along",
                             .graph = Graph::factor,
                             .timing = Timing::cycles,
                             .source = "Zivan, Parash, Cohen, Peled & Okamoto, JAAMAS 31 (2017)"};

  struct Params {
    std::int64_t phase = 0;
    std::int64_t value_propagation = 4;
    double damping = 0;
    double stability = 0;
    double noise = 0.01;
  };
  static constexpr auto parameters = std::tuple{
      integer("phase", &Params::phase, 0, 1000000000, "cycles until the direction turns; 0: the longest path"),
      integer("value_propagation", &Params::value_propagation, 0, 1000000000,
              "phases before values are sent along with costs"),
      real("damping", &Params::damping, 0.0, 1.0, "share of the last message that is kept in the next"),
      real("stability", &Params::stability, 0.0, 1.0, "relative change below which a message counts as the same"),
      real("noise", &Params::noise, 0.0, 1e6, "each value of a variable gets a random preference of up to this cost")};

  static Speakers first_speakers(const Params&) { return Speakers::all; }
  static bool remembers_variables(const Params&) { return true; }
  static constexpr bool ordered = true;
  static std::uint64_t phase_length(const Params& p, std::uint64_t longest_path) {
    return p.phase > 0 ? std::uint64_t(p.phase) : longest_path > 0 ? longest_path : 1;
  }
  /// A phase each way, and the cycle in which the first turns.
  static std::uint64_t calm_cycles(const Params& p, std::uint64_t longest_path) {
    return 2 * phase_length(p, longest_path) + 1;
  }

  struct Variable {
    void start(auto& self) {
      if (self.degree() == 0) return;  // nobody to tell
      for (ValueIndex v = 0; v < self.domain(); ++v)
        self.prefer_less(v, self.params().noise * self.uniform(static_cast<std::uint32_t>(v)));
    }
    /// Q, to factors that come later in the present direction; the others keep what they have.
    void tell(auto& factor) {
      const Now now(factor);
      auto said = factor.where_early(now.forwards, normalised(factor.belief() - factor.heard()), factor.sent());
      said = damped(factor, factor.sent(), std::move(said), factor.params().damping, factor.params().stability);
      if (factor.params().damping > 0) said = factor.where_early(now.forwards, std::move(said), factor.sent());
      if (!now.with_values) factor.stir();  // the time of values is still to come
      if (now.with_values)
        factor.send_with_value(now.forwards, std::move(said));
      else
        factor.send(std::move(said));
    }
    /// Z: the sum of everything heard decides.
    void step(auto& self) { self.choose(cheapest(self.belief())); }
  };

  struct Factor {
    /// R, to variables that come later in the present direction; the others keep what they have.
    void step(auto& self) {
      const Now now(self);
      for (Neighbour k = 0; k < self.degree(); ++k) {
        auto said = self.where_early(k, !now.forwards, normalised(self.min_marginal(k)), self.sent(k));
        said = damped(self, self.sent(k), std::move(said), self.params().damping, self.params().stability);
        if (self.params().damping > 0) said = self.where_early(k, !now.forwards, std::move(said), self.sent(k));
        self.send(k, std::move(said));
      }
    }
  };
  using Computations = Roles<Variable, Factor>;

  static double memory(const Node& node) { return 2.0 * node.degree() * node.domain * sizeof(double); }
  static double load(const Link& link) { return double(link.domain) * sizeof(double); }

 private:
  /// Where in its phases a run is.
  struct Now {
    bool forwards, with_values;
    explicit Now(auto& self) {
      const std::uint64_t phase = (self.cycle() - 1) / phase_length(self.params(), self.longest_path());
      forwards = phase % 2 == 0;
      with_values = phase >= std::uint64_t(self.params().value_propagation);
    }
  };
};

}  // namespace

Algorithm maxsum_advp() { return algorithm_of<MaxSumAdvp>(); }

}  // namespace entente::algorithms
