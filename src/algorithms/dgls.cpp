// SPDX-License-Identifier: MIT
// DGLS, Distributed Guided Local Search.
#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

/// As in GDBA only the largest improvement of a neighbourhood moves and stuck variables raise penalties; but the dearer
/// a constraint the likelier it is penalised, penalties fade, and all members of a constraint keep the same penalties.
///
/// Never comes to rest: stop it by cycles or time, the best assignment seen is the answer.
///
/// Cost   O(degree * |domain|) time and 2 * degree messages of 4 bytes, per variable and cycle, and one more message to
///        each neighbour from a variable that is stuck; then O(cells) around it. Memory: a copy of each constraint per
///        member.
/// From   Deng, Wang & An, "GDBA revisited: unleashing the power of guided local search for distributed constraint
///        optimization", AAAI 2026. Left open there: a constraint with a stuck member is updated once a cycle, whoever
///        is stuck; all its members draw the same number for it. Penalties are shares of a constraint's range of costs,
///        weak and strong in turns of 200 cycles: dense problems want weak ones, structured ones strong ones.
struct Dgls {
  static constexpr Info info{.name = "dgls",
                             .summary = "guided local search: fading penalties on the dearest constraints, kept alike",
                             .graph = Graph::constraint,
                             .timing = Timing::cycles,
                             .source = "Deng, Wang & An, AAAI 2026"};
  static constexpr bool owns_costs = true;

  enum class Increase { entry, table };
  struct Params {
    Penalty modifier = Penalty::add;
    Increase increase_mode = Increase::entry;
    double evaporation = 0.7;
    double penalty = 0;
  };
  static constexpr auto parameters = std::tuple{
      choice("modifier", &Params::modifier, {"A", "M"}, "A: penalties are added to costs; M: costs are multiplied"),
      choice("increase_mode", &Params::increase_mode, {"E", "T"}, "penalise E: the current entry; T: the whole table"),
      real("evaporation", &Params::evaporation, 0.0, 1.0, "share of a penalty that stays when it is updated"),
      real("penalty", &Params::penalty, 0.0, 1000.0,
           "what one penalty adds, as a share of the constraint's range of costs; 0: weak and strong ones in turn")};

  struct Value {
    ValueIndex value;
  };
  struct Improve {
    float improve;
  };
  struct Stuck {};
  using Cycle = Phases<Value, Improve, Sparse<Stuck>>;

  ValueIndex value = 0, candidate = 0;
  float improve = 0;
  bool stuck = false;

  void start(Agent auto& self) {
    value = self.initial_value();
    self.broadcast(Value{value});
  }

  void step(Agent auto& self, Inbox<Value>) {
    const Move move = self.best_response(value);
    candidate = move.value;
    improve = static_cast<float>(move.gain);
    self.broadcast(Improve{improve});
  }

  void step(Agent auto& self, Inbox<Improve> others) {
    bool wins = improve > 0;
    stuck = !wins;
    for (Neighbour k = 0; k < others.size(); ++k) {
      const float theirs = others[k].improve;
      wins = wins && (theirs < improve || (theirs == improve && self.id() < others.sender(k)));
      stuck = stuck && !(theirs > 0);
    }
    if (!wins) candidate = value;
    if (stuck)
      for (Neighbour k = 0; k < others.size(); ++k) self.send(k, Stuck{});
  }

  void step(Agent auto& self, const Mail<Stuck>& mail) {
    if (stuck || !mail.empty())
      self.each_constraint(value, [&](OwnConstraint& constraint) {
        bool update = stuck;
        constraint.each_other([&](ComputationId j) { update = update || mail.from(self.position(j)); });
        if (update) penalise(self, constraint);
      });
    value = candidate;
    self.broadcast(Value{value});
  }

  bool operator==(const Dgls&) const = default;

 private:
  static double strength(Agent auto& self) {
    if (self.params().penalty > 0) return self.params().penalty;
    constexpr double shares[] = {0.1, 0.03, 1.5, 0.3};
    return shares[self.cycle() / 200 % std::size(shares)];
  }
  /// Penalties fade, and the constraint is the likelier to get a new one the nearer its cost is to its highest.
  static void penalise(Agent auto& self, OwnConstraint& constraint) {
    const Params& p = self.params();
    if (p.evaporation < 1) constraint.evaporate(p.evaporation);
    const double span = constraint.highest() - constraint.lowest();
    if (span > 0 && self.lot(constraint.key()) * span < constraint.cost() - constraint.lowest())
      constraint.raise(p.increase_mode == Increase::entry ? Cells::entry : Cells::table, p.modifier,
                       p.modifier == Penalty::add ? strength(self) * span : strength(self));
  }
};

}  // namespace

Algorithm dgls() { return algorithm_of<Dgls>(); }

}  // namespace entente::algorithms
