// SPDX-License-Identifier: MIT
// CoCoA, Cooperative Constraint Approximation.
#include <algorithm>
#include <cmath>
#include <vector>

#include "algorithm/seats.hpp"
#include "entente/algorithm.hpp"
#include "kernel/variable_costs.hpp"

namespace entente::algorithms {
namespace {

/// Variables decide one after the other, each once and for all: it asks its undecided neighbours what each of its
/// values would cost them at best, and takes the value that is best for all together, if possible a unique one.
///
/// A good assignment after about three messages per pair of neighbours; a start for what improves one.
///
/// Cost  a turn takes O(degree * |domain|^2) time at each neighbour and a question and an answer (16 bytes per value)
///       from each undecided one. A variable has a turn, and one more for each time that it had to hold.
/// From  van Leeuwen & Pawelczak, "CoCoA: a non-iterative approach to a local search (A)DCOP solver", AAAI 2017.
///       Differs in that neighbours take their turns one after the other, the first to ask first (Ricart & Agrawala,
///       CACM 1981), and that decided neighbours are not asked, as what they say is known.
struct Cocoa {
  static constexpr Info info{.name = "cocoa",
                             .summary = "each variable decides once, asking its neighbours what its values cost them",
                             .graph = Graph::constraint,
                             .timing = Timing::events,
                             .source = "van Leeuwen & Pawelczak, AAAI 2017"};
  struct Params {
    std::int64_t uniqueness = 1;
  };
  static constexpr auto parameters = std::tuple{
      integer("uniqueness", &Params::uniqueness, 1, 1'000'000, "hold while more values than this are equally good")};

  struct Begin {
    bool fits(const MessageGround& at) const { return at.from() == 0; }
  };
  struct Inquiry {
    std::uint64_t asked;  // when, by the logical clock
    bool fits(const MessageGround& at) const { return at.linked(); }
  };
  struct Costs {
    std::vector<RankedCost> costs;  // by value of the one who asked
    std::uint64_t clock;
    bool fits(const MessageGround& at) const {
      return at.linked() && costs.size() == std::size_t(at.problem().domain_size(at.to())) &&
             std::ranges::all_of(costs, [](const RankedCost& c) { return c.violations >= 0 && std::isfinite(c.cost); });
    }
  };
  struct Held {
    bool fits(const MessageGround& at) const { return at.linked(); }
  };
  struct Decided {
    ValueIndex value;
    bool fits(const MessageGround& at) const { return at.linked() && at.told(value); }
  };
  using Messages = Kinds<Begin, Inquiry, Costs, Held, Decided>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    costs = VariableCosts(self.problem(), self.id());
    heard.assign(costs.neighbours(), no_value);
    neighbours.resize(costs.neighbours());
    open = costs.neighbours();
    uniqueness = self.params().uniqueness;
    value = self.initial_value();
    if (open == 0) choose(self);
    if (self.id() != 0) return;
    std::vector<VariableId> all(self.problem().variable_count());
    for (VariableId v = 0; v < all.size(); ++v) all[v] = v;
    for (const auto& group : separate_rows(self.problem(), all))
      if (group.size() > 1) self.send(group[std::size_t(self.uniform() * double(group.size()))], Begin{});
  }

  void receive(Agent auto& self, ComputationId, Begin) {
    if (state == State::idle) ask(self);
  }

  void receive(Agent auto& self, ComputationId from, Inquiry inquiry) {
    if (state == State::done) return;  // that it is done is on its way, and answers
    const Neighbour k = self.position(from);
    self.demand(neighbours[k].state != State::done);
    clock = std::max(clock, inquiry.asked) + 1;
    neighbours[k].state = State::active;
    const bool first = state == State::active && (asked != inquiry.asked ? asked < inquiry.asked : self.id() < from);
    if (first)
      neighbours[k].waits = true;
    else
      answer(self, k);
  }

  void receive(Agent auto& self, ComputationId from, Costs&& theirs) {
    Neighbouring& neighbour = neighbours[self.position(from)];
    self.demand(state == State::active && neighbour.state != State::done && neighbour.costs.empty());
    clock = std::max(clock, theirs.clock) + 1;
    neighbour.costs = std::move(theirs.costs);
    if (--missing == 0) choose(self);
  }

  void receive(Agent auto& self, ComputationId from, Held) {
    Neighbouring& neighbour = neighbours[self.position(from)];
    self.demand(neighbour.state != State::done);
    neighbour.state = State::hold;
    if (state != State::hold || any_active()) return;
    ++uniqueness;  // nobody else will break the tie
    ask(self);
  }

  void receive(Agent auto& self, ComputationId from, Decided decided) {
    const Neighbour k = self.position(from);
    Neighbouring& neighbour = neighbours[k];
    self.demand(neighbour.state != State::done);
    const bool answers = state == State::active && neighbour.costs.empty();
    heard[k] = decided.value;
    neighbour = {State::done, false, {}};
    --open;
    if (state == State::idle || state == State::hold) return ask(self);
    if (answers && --missing == 0) choose(self);
  }

 private:
  enum class State : std::uint8_t { idle, active, hold, done };
  struct Neighbouring {
    State state = State::idle;
    bool waits = false;             // for an answer
    std::vector<RankedCost> costs;  // what it answered in this turn
  };

  /// Begins a turn.
  void ask(Agent auto& self) {
    state = State::active;
    asked = ++clock;
    missing = open;
    if (open == 0) return choose(self);
    for (Neighbour k = 0; k < neighbours.size(); ++k) {
      if (neighbours[k].state == State::done) continue;
      neighbours[k].costs.clear();
      self.send(self.id(k), Inquiry{asked});
    }
  }

  void answer(Agent auto& self, Neighbour k) {
    std::vector<RankedCost> row(std::size_t(self.problem().domain_size(self.id(k))));
    self.check(costs.best_reply(heard, k, row));
    self.send(self.id(k), Costs{std::move(row), clock});
  }

  /// Ends a turn: everybody has answered.
  void choose(Agent auto& self) {
    std::vector<RankedCost> sum(std::size_t(self.domain()));
    self.check(costs.row(heard, sum));
    for (const Neighbouring& neighbour : neighbours)
      for (std::size_t v = 0; v < neighbour.costs.size(); ++v) sum[v] += neighbour.costs[v];
    const RankedCost least = *std::min_element(sum.begin(), sum.end());
    std::vector<ValueIndex> best;
    for (ValueIndex v = 0; v < self.domain(); ++v)
      if (!(least < sum[std::size_t(v)])) best.push_back(v);
    if (std::int64_t(best.size()) > uniqueness && any_active()) {
      state = State::hold;
      tell(self, Held{});
    } else {
      value = best[std::size_t(self.uniform() * double(best.size()))];
      state = State::done;
      tell(self, Decided{value});
    }
  }

  /// Tells all who are undecided how the turn ended; a decision is an answer, too.
  template <class M>
  void tell(Agent auto& self, const M& message) {
    for (Neighbour k = 0; k < neighbours.size(); ++k) {
      if (neighbours[k].state == State::done) continue;
      self.send(self.id(k), message);
      if (neighbours[k].waits && state != State::done) answer(self, k);
      neighbours[k].waits = false;
    }
  }
  bool any_active() const {
    return std::any_of(neighbours.begin(), neighbours.end(),
                       [](const Neighbouring& neighbour) { return neighbour.state == State::active; });
  }

  VariableCosts costs;
  State state = State::idle;
  std::vector<Neighbouring> neighbours;
  std::vector<ValueIndex> heard;  // what they decided
  std::uint32_t open = 0;         // undecided neighbours
  std::uint32_t missing = 0;      // answers
  std::uint64_t clock = 0, asked = 0;
  std::int64_t uniqueness = 1;
};

}  // namespace

Algorithm cocoa() { return algorithm_of<Cocoa>(); }

}  // namespace entente::algorithms
