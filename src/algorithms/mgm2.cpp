// SPDX-License-Identifier: MIT
// MGM-2: Maximum Gain Message with moves of two.
#include <algorithm>
#include <cmath>

#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// As MGM, but some variables offer a neighbour to move together; of all single and joint moves only the largest of a
/// neighbourhood is made, so the cost never rises.
///
/// Every cycle draws anew who offers, so it does not end by itself: stop it by cycles or time.
///
/// Cost   O(degree * |domain|) time per variable and cycle, and |domain|^2 per offer received. Per neighbour and cycle
///        one value and one gain of 4 bytes; per offer 8 bytes a value of the sender, an answer of 8 and a word of 1.
/// From   Maheswaran, Pearce & Tambe, "Distributed algorithms for DCOP: a graphical-game-based approach", PDCS 2004.
///        Left open there: an offer lists what each value of the sender costs without the constraints that both share,
///        which the receiver knows; offerers turn all offers down; of equal gains the lower id wins; a variable whose
///        offer was turned down may still move alone.
struct Mgm2 {
  static constexpr Info info{.name = "mgm2",
                             .summary = "local search in which neighbours may also move two at a time",
                             .graph = Graph::constraint,
                             .timing = Timing::cycles,
                             .monotone = true,
                             .source = "Maheswaran, Pearce & Tambe, PDCS 2004"};
  static constexpr bool keeps_view = true;

  enum class Favor { unilateral, no, coordinated };
  struct Params {
    double threshold = 0.5;
    Favor favor = Favor::unilateral;
  };
  static constexpr auto parameters =
      std::tuple{real("threshold", &Params::threshold, 0.0, 1.0, "chance of a variable to offer a joint move"),
                 choice("favor", &Params::favor, {"unilateral", "no", "coordinated"},
                        "which move to make where a joint one gains as much as one alone; no: either, at random")};

  struct Value {
    ValueIndex value;
  };
  struct alignas(double) Offer {  // what each value of the sender costs, shared constraints left out
    using Tail = double;
  };
  struct Answer {
    ValueIndex value;  // for the offerer; no_value: turned down
    float gain;        // of both together
    bool fits(const MessageGround& at) const { return value == no_value || at.own(value); }
  };
  struct Gain {
    float gain;
  };
  struct Go {
    bool go;
  };
  using Cycle = Phases<Value, Sparse<Offer>, Sparse<Answer>, Gain, Sparse<Go>>;

  static constexpr Neighbour nobody = no_id;

  ValueIndex value = 0, candidate = 0;
  float gain = 0;
  Neighbour partner = nobody;  // whom the offer went to, then with whom to move
  bool offers = false, wins = false;

  void start(Agent auto& self) {
    value = self.initial_value();
    self.broadcast(Value{value});
  }

  void step(Agent auto& self, Inbox<Value>) {
    const Move move = self.best_response(value);
    candidate = move.value;
    gain = static_cast<float>(move.gain);
    partner = nobody;
    // One draw for both: below the threshold it is uniform as well.
    const double draw = self.uniform(), threshold = self.params().threshold;
    offers = self.degree() > 0 && draw < threshold;
    if (!offers) return;
    partner = std::min(Neighbour(draw / threshold * self.degree()), self.degree() - 1);
    const ValueIndex theirs = self.told(partner);
    self.send(partner, Offer{},
              [&](ValueIndex v) { return self.local_cost(v) - self.shared_cost(partner, v, theirs); });
  }

  void step(Agent auto& self, const Mail<Offer>& mail) {
    Neighbour chosen = nobody;
    ValueIndex theirs = no_value;
    if (!offers)
      mail.each([&](Neighbour k, const Offer&, const double* costs) {
        const ValueIndex told = self.told(k);
        const JointMove best = self.best_pair(k, costs, value, told);
        const float joint = joint_gain(self, value, costs, told, best);
        if (!accepts(self, joint)) return;
        gain = joint;
        candidate = best.own;
        theirs = best.theirs;
        chosen = k;
      });
    partner = offers ? partner : chosen;
    mail.each([&](Neighbour k, const Offer&, const double*) {
      self.send(k, k == chosen ? Answer{theirs, gain} : Answer{no_value, 0});
    });
  }

  void step(Agent auto& self, const Mail<Answer>& mail) {
    bool accepted = false;
    mail.each([&](Neighbour, const Answer& answer) {
      if (answer.value == no_value) return;
      accepted = true;
      candidate = answer.value;
      gain = answer.gain;
    });
    if (offers && !accepted) partner = nobody;
    self.broadcast(Gain{gain});
  }

  void step(Agent auto& self, Inbox<Gain> rivals) {
    wins = gain > 0;
    for (Neighbour k = 0; k < rivals.size() && wins; ++k) {
      if (k == partner) continue;
      const float theirs = rivals[k].gain;
      wins = theirs < gain || (theirs == gain && self.id() < rivals.sender(k));
    }
    if (partner != nobody) self.send(partner, Go{wins});
  }

  void step(Agent auto& self, const Mail<Go>& mail) {
    bool both = partner == nobody;
    mail.each([&](Neighbour, const Go& message) { both = message.go; });
    if (wins && both) value = candidate;
    self.broadcast(Value{value});
  }

  bool operator==(const Mgm2&) const = default;

 private:
  /// What both would gain; what rounding alone may have gained is none.
  static float joint_gain(Agent auto& self, ValueIndex own, const double* costs, ValueIndex theirs,
                          const JointMove& move) {
    const double now = self.local_cost(own) + costs[theirs];
    return move.gain > 1e-12 * std::abs(now) ? static_cast<float>(move.gain) : 0;
  }
  bool accepts(Agent auto& self, float joint) const {
    if (joint != gain) return joint > gain;
    if (!(joint > 0)) return false;
    switch (self.params().favor) {
      case Favor::unilateral: return false;
      case Favor::coordinated: return partner == nobody;
      case Favor::no: return self.uniform() < 0.5;
    }
    return false;
  }
};

}  // namespace

Algorithm mgm2() { return algorithm_of<Mgm2>(); }

}  // namespace entente::algorithms
