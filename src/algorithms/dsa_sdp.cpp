// SPDX-License-Identifier: MIT
// DSA-SDP, the Distributed Stochastic Algorithm with slope-dependent probabilities.
#include <algorithm>
#include <limits>

#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// DSA whose chance to move grows with what the move saves; a variable that found no move for a while tries its second
/// best value, the likelier the less that costs.
///
/// Explores for as long as it is let; give it a number of cycles. The best assignment seen is what counts.
///
/// Cost  O(degree * |domain|) time and `degree` messages of 4 bytes, per variable and cycle.
/// From  Zivan, Okamoto & Peled, "Explorative anytime local search for distributed constraint optimization",
///       Artificial Intelligence 212 (2014) 1-26. Left open there: slopes are taken of what the local cost exceeds the
///       least it could be, so that they have a meaning for costs of any sign; where nothing exceeds it, one stays.
struct DsaSdp {
  static constexpr Info info{.name = "dsa_sdp",
                             .summary = "DSA with probabilities that follow the slope, and regular exploration",
                             .graph = Graph::constraint,
                             .timing = Timing::cycles,
                             .source = "Zivan, Okamoto & Peled, Artificial Intelligence 212 (2014) 1-26"};

  struct Params {
    double p_a = 0.6, p_b = 0.15, p_c = 0.4, p_d = 0.8;
    std::int64_t period = 40;
  };
  static constexpr auto parameters = std::tuple{
      real("pA", &Params::p_a, 0.0, 1.0, "least chance of a move that gains, or of one without gain in a conflict"),
      real("pB", &Params::p_b, 0.0, 1.0, "most that the slope of a gain adds to pA"),
      real("pC", &Params::p_c, 0.0, 1.0, "least chance of an exploring move that at most doubles the cost"),
      real("pD", &Params::p_d, 0.0, 1.0, "chance of an exploring move that costs nothing; its slope is taken off"),
      integer("period", &Params::period, 1, 1'000'000'000, "cycles without a move after which a variable explores")};

  struct Value {
    ValueIndex value;
  };
  using Cycle = Phases<Value>;

  ValueIndex value = 0;
  std::uint32_t rested = 0;  ///< Cycles since the last move or exploration.

  void start(Agent auto& self) {
    value = self.initial_value();
    self.broadcast(Value{value});
  }

  void step(Agent auto& self, Inbox<Value>) {
    const Move move = self.best_response(value);
    const double excess = move.cost - self.lowest_cost();
    // Where the cost is as low as it can be there is nothing to explore for, and the run may come to rest.
    if (excess > 0 && self.domain() > 1) {
      const ValueIndex before = value;
      if (rested >= self.params().period) {
        explore(self, move.cost, excess);
        rested = 0;
      } else {
        exploit(self, move, excess);
        rested = value == before ? rested + 1 : 0;
      }
    }
    self.broadcast(Value{value});
  }

  bool operator==(const DsaSdp&) const = default;

 private:
  void exploit(Agent auto& self, const Move& move, double excess) {
    if (move.alternatives == 0) return;  // no better value, and no other that is as good
    const Params& p = self.params();
    if (self.uniform() < p.p_a + std::min(p.p_b, move.gain / excess)) value = self.pick(move, value);
  }
  void explore(Agent auto& self, double cost, double excess) {
    const Params& p = self.params();
    ValueIndex other = no_value;
    double least = std::numeric_limits<double>::infinity();
    for (ValueIndex v = 0; v < self.domain(); ++v) {
      if (v == value || self.local_cost(v) >= least) continue;
      other = v;
      least = self.local_cost(v);
    }
    const double slope = (least - cost) / excess;
    if (slope <= 1 && self.uniform() < std::max(p.p_c, p.p_d - slope)) value = other;
  }
};

}  // namespace

Algorithm dsa_sdp() { return algorithm_of<DsaSdp>(); }

}  // namespace entente::algorithms
