// SPDX-License-Identifier: MIT
// OptAPO, Optimal Asynchronous Partial Overlay.
#include <string>

#include "algorithm/classic_mediation.hpp"
#include "algorithm/mediation.hpp"
#include "kernel/claim_watch.hpp"

namespace entente::algorithms {
namespace {

/// Agents that see that their part of the problem could cost less mediate: they solve it exactly and have the variables
/// in it take the solution; whom that would hurt is drawn into the part. An agent whose part costs something whatever
/// the values claims that: claims that share a cost make their owners merge, until the claims add up to the cost of the
/// whole. They are the certificate of the optimum.
///
/// Cost  exponential in the largest part that is centralised; messages carry the constraints of a variable. At most
///       (variables) growths of each list, and a session per growth or gain beside those that are refused.
/// From  Mailler & Lesser, "Solving distributed constraint optimization problems using cooperative mediation", AAMAS
///       2004. `mode:classic` is that protocol as published, which may end too early: parts can be optimal one by one
///       while the whole is not. Differs in sessions, which have all the members they need or do not take place
///       (Grinshpoun & Meisels, JAIR 33 (2008) 223-258), lock only what the difference depends on, and never raise the
///       cost; and in claims, by which agents agree on where the unavoidable cost lies.
struct OptApo : Mediation<OptApo> {
  static constexpr Info info{.name = "optapo",
                             .summary = "exact: mediators solve growing parts of the problem, until these prove it",
                             .graph = Graph::constraint,
                             .timing = Timing::events,
                             .complete = true,
                             .monotone = true,
                             .certified = true,
                             .source = "Mailler & Lesser, AAMAS 2004"};

  enum class Mode { complete, classic };
  enum class Group { whole, minimal };
  struct Params {
    Mode mode = Mode::complete;
    Group claim = Group::whole;
    std::int64_t max_group = 0;
    std::int64_t warm_start = 1;
  };
  static constexpr auto parameters =
      std::tuple{choice("mode", &Params::mode, {"complete", "classic"},
                        "how sessions are held, and when to stop; classic: as published, which may be too early"),
                 choice("claim", &Params::claim, {"whole", "minimal"},
                        "what an agent claims: all it knows, or no more than has to cost as much"),
                 integer("max_group", &Params::max_group, 0, 1000000,
                         "variables that an agent may gather at most; 0: no limit. The result then has a proven gap"),
                 integer("warm_start", &Params::warm_start, 0, 1, "1: agents improve alone before they mediate")};
  static std::string refuses(const Problem& problem) { return cannot_share(problem); }

  struct Justify {  // to those who watch the costs in the group: they are unavoidable
    Claim claim;
    bool fits(const MessageGround& at) const { return at.ascending(claim.group) && at.ascending(claim.list); }
  };
  struct Yield {  // another knows all that you know, and claims its cost
    ComputationId owner;
    std::vector<VariableId> list;
    bool fits(const MessageGround& at) const { return at.is_variable(owner) && at.ascending(list); }
  };
  struct Merge {  // gather these too: the claim of their owner shares a cost with yours
    std::vector<VariableId> list;
    bool fits(const MessageGround& at) const { return at.ascending(list); }
  };
  using Classic = ClassicMediation;
  using Messages = Kinds<Link, Init, Value, Evaluate, Evaluated, Busy, Accept, Cancel, Hopeless, Token, Done, Justify,
                         Yield, Merge, Classic::ClassicInit, Classic::ClassicValue, Classic::ClassicEvaluate,
                         Classic::ClassicEvaluated, Classic::ClassicWait, Classic::ClassicAccept>;
  using Mediation::receive;

  static bool warm(const Params& params) { return params.warm_start == 1; }
  static std::int64_t largest(const Params& params) { return params.max_group; }

  void start(Agent auto& self) {
    if (self.params().mode == Mode::classic) return classic_.start(self, value);
    watch_.watch(self.id(), shared_functions(self.problem(), self.id()));
    Mediation::start(self);
  }

  void tick(Agent auto& self) {
    if (self.params().mode == Mode::classic) return classic_.tick(self, value);
    Mediation::tick(self);
  }
  template <class Message>
  requires(Classic::speaks<Message>) void receive(Agent auto& self, ComputationId from, Message&& message) {
    self.demand(self.params().mode == Mode::classic);
    classic_.receive(self, value, from, std::move(message));
  }

  /// The list has an unavoidable cost: tells it to those who can see whether others claim it too.
  void surveyed(Agent auto& self) {
    if (list().members().size() == claimed_) return;
    claimed_ = list().members().size();
    const StopSignal stop{self.stop_flag(), {}};
    const double cost = list().optimum(stop).cost;
    // Where lists may not grow until they no longer overlap, small groups prove more together.
    const bool minimal = self.params().claim == Group::minimal || self.params().max_group > 0;
    Claim claim{list().responsible(minimal, stop), list().members()};
    self.check(list().take_checks());
    self.certify(claim.group, cost);
    tell(self, std::move(claim));
  }
  /// Another answers for all that this agent knows. That its own part costs no more than it has to is then not asked
  /// for: the best of the whole may need it to.
  bool exempt() const { return owner_ != no_id; }

  void receive(Agent auto& self, ComputationId from, Justify&& justify) {
    received(self);
    for (ClaimAdvice& advice : watch_.hear(from, std::move(justify.claim))) {
      if (advice.yield)
        send(self, advice.to, Yield{advice.other, std::move(advice.list)});
      else
        send(self, advice.to, Merge{std::move(advice.list)});
    }
  }
  void receive(Agent auto& self, ComputationId, Merge&& merge) {
    received(self);
    std::set<VariableId> more(merge.list.begin(), merge.list.end());
    if (!exempt()) {
      grow(self, more);
      return;
    }
    more.insert(list().members().begin(), list().members().end());
    send(self, owner_, Merge{{more.begin(), more.end()}});
  }
  void receive(Agent auto& self, ComputationId, Yield&& yield) {
    received(self);
    const std::vector<VariableId>& own = list().members();
    if (growing() || !std::ranges::includes(yield.list, own)) return;
    const std::size_t known = exempt() ? owners_list_ : own.size();
    if (!goes_before(yield.list.size(), yield.owner, known, exempt() ? owner_ : self.id())) return;
    owner_ = yield.owner;
    owners_list_ = yield.list.size();
    self.certify({}, 0);
    tell(self, {});
  }

 private:
  /// Tells a claim to those who watch costs in it, and takes back what others were told before.
  void tell(Agent auto& self, Claim claim) {
    const std::vector<VariableId> now = list().first_variables(claim.group);
    for (const VariableId v : told_)
      if (!std::ranges::binary_search(now, v)) send(self, v, Justify{});
    for (const VariableId v : now) send(self, v, Justify{claim});
    told_ = now;
  }

  ClaimWatch watch_;
  std::size_t claimed_ = 0;  // size of the list when it was claimed last
  std::vector<VariableId> told_;
  ComputationId owner_ = no_id;  // to whom this agent has yielded
  std::size_t owners_list_ = 0;
  ClassicMediation classic_;
};

}  // namespace

Algorithm optapo() { return algorithm_of<OptApo>(); }

}  // namespace entente::algorithms
