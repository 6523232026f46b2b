// SPDX-License-Identifier: MIT
// AFB, Asynchronous Forward Bounding.
#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "algorithm/seats.hpp"
#include "algorithm/tree_place.hpp"
#include "entente/algorithm.hpp"
#include "kernel/path_costs.hpp"

namespace entente::algorithms {
namespace {

/// One assignment grows along a row of variables, and each that extends it asks those still to come what it will cost
/// them at least; when the answers add up to the best known cost, it takes its value back, wherever the assignment is
/// by then.
///
/// Prunes far earlier than `syncbb`, for many more messages.
///
/// Cost  exponential time. Per value tried: one CPA, and one request and one answer per variable to come that shares a
///       constraint with one assigned. Requests and CPAs hold 4 bytes per assigned variable. Memory per variable: its
///       constraints' tables.
/// From  Gershman, Meisels & Zivan, "Asynchronous forward bounding for distributed COPs", JAIR 34 (2009) 61-88. Its
///       h(v), the least that v costs with variables to come, is part of every share (`PathCosts`). A counter per
///       variable is the time stamp: as messages of one sender keep their order, an answer that shows the sender's last
///       count is up to date. An assignment that went on when its prefix changed is called back by a message that
///       follows it (`Halt`), where the paper waits for it to meet somebody who knows better. Left open there: the
///       order; here each part of the problem is walked depth first down a pseudo-tree. Values are tried cheapest
///       first.
struct Afb {
  static constexpr Info info{.name = "afb",
                             .summary = "exact: branch and bound along a row, with bounds from the variables to come",
                             .graph = Graph::pseudotree,
                             .timing = Timing::events,
                             .complete = true,
                             .source = "Gershman, Meisels & Zivan, JAIR 34 (2009) 61-88"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  static std::string refuses(const Problem& problem) { return PathCosts::refuses(problem); }

  struct Seated {};                                       // the sender is ready
  using Place = std::pair<std::uint32_t, ComputationId>;  // where in the row somebody sits
  struct Cpa {                                            // the current partial assignment
    std::vector<ValueIndex> path;                         // by position in the row
    std::vector<Place> touched;  // variables to come that share a constraint with one on the path, by position
    double cost;                 // what the path adds to the lowest cost of every constraint
    double bound;                // the best complete assignment's
    std::uint64_t stamp;         // the sender's
    bool fits(const MessageGround& at) const {
      for (std::size_t i = 0; i < touched.size(); ++i)
        if (!at.is_variable(touched[i].second) || (i > 0 && touched[i - 1] >= touched[i])) return false;
      return at.cost(cost) && at.cost(bound);
    }
  };
  struct Backtrack {  // nothing better continues the assignment with this stamp of the receiver
    std::uint64_t stamp;
    double bound;
    bool fits(const MessageGround& at) const { return at.cost(bound); }
  };
  struct FbCpa {
    std::vector<ValueIndex> path;
    std::uint64_t stamp;
  };
  struct FbEstimate {
    std::uint64_t stamp;  // of the request
    double cost;          // the least that the path costs the sender
    bool fits(const MessageGround& at) const { return at.cost(cost); }
  };
  struct Halt {};  // the last assignment you were given is obsolete
  struct NewSolution {
    std::vector<ValueIndex> path;
    double cost;
    bool fits(const MessageGround& at) const { return at.cost(cost); }
  };
  using Messages = Kinds<Seat, Seated, Cpa, Backtrack, FbCpa, FbEstimate, Halt, NewSolution>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    value = self.initial_value();
    if (self.tree().parent[self.id()] != no_id) return;
    const std::vector<VariableId> row = depth_first(self.tree(), self.id());
    std::vector<Seat> seats = seats_along(self.problem(), row);
    waiting = std::uint32_t(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) self.send(row[i], std::move(seats[i]));
  }

  void receive(Agent auto& self, ComputationId root, Seat&& told) {
    self.demand(seat.size == 0 && told.sound(self.problem(), self.id()));
    seat = std::move(told);
    const auto place = [&](VariableId v) { return v == self.id() ? seat.position : seat.neighbours[self.position(v)]; };
    costs = PathCosts(self.problem(), self.id(), place, StopSignal{self.stop_flag(), {}});
    for (const VariableId v : costs.earlier()) earlier.push_back(place(v));
    for (Neighbour k = 0; k < self.degree(); ++k)
      if (seat.neighbours[k] > seat.position) later.emplace_back(seat.neighbours[k], self.id(k));
    std::sort(later.begin(), later.end());
    shares.resize(std::size_t(self.domain()));
    guesses.resize(shares.size());
    order.resize(shares.size());
    self.send(root, Seated{});
  }

  void receive(Agent auto& self, ComputationId, Seated) {
    self.demand(waiting > 0);
    if (--waiting == 0) assign(self, Cpa{{}, {}, 0, bound, 0});
  }

  void receive(Agent auto& self, ComputationId, Cpa&& message) {
    bound = std::min(bound, message.bound);
    assign(self, std::move(message));
  }

  void receive(Agent auto& self, ComputationId, Backtrack message) {
    bound = std::min(bound, message.bound);
    if (!passed_on || message.stamp != stamp) return;
    passed_on = false;
    advance(self);
  }

  void receive(Agent auto& self, ComputationId asker, const FbCpa& request) {
    self.demand(seat.size > 0);
    self.send(asker, FbEstimate{request.stamp, estimate(self, request.path)});
  }

  void receive(Agent auto& self, ComputationId, FbEstimate answer) {
    if (!passed_on || answer.stamp != stamp) return;
    estimated += answer.cost;
    if (!(estimated < bound)) advance(self);
  }

  void receive(Agent auto& self, ComputationId, Halt) { call_back(self); }

  void receive(Agent auto& self, ComputationId, NewSolution&& best) {
    self.demand(seat.size > 0 && best.path.size() == seat.size);
    const ValueIndex mine = best.path[seat.position];
    self.demand(mine >= 0 && mine < self.domain());
    bound = std::min(bound, best.cost);
    value = mine;
    if (seat.previous != no_id) self.send(seat.previous, std::move(best));
    if (passed_on && !(estimated < bound)) advance(self);
  }

 private:
  void assign(Agent auto& self, Cpa&& received) {
    self.demand(seat.size > 0 && received.path.size() == seat.position);
    cpa = std::move(received);
    own_shares(self, cpa.path, shares);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](ValueIndex a, ValueIndex b) { return share(a) < share(b); });
    next = 0;
    // Whom the path touches once this variable is on it.
    std::erase_if(cpa.touched, [&](const Place& place) { return place.first == seat.position; });
    touched.clear();
    std::set_union(cpa.touched.begin(), cpa.touched.end(), later.begin(), later.end(), std::back_inserter(touched));
    advance(self);
  }

  /// Assigns the next value that may lead to something better, or backtracks.
  void advance(Agent auto& self) {
    for (; next < order.size(); ++next) {
      const double cost = cpa.cost + share(order[next]);
      if (!(cost < bound)) break;  // nor are those that follow, as they are dearer
      cpa.path.push_back(order[next]);
      if (seat.next != no_id) {
        ++next;
        return pass_on(self, cost);
      }
      solved(self, cost);
      cpa.path.pop_back();
    }
    call_back(self);
    if (seat.previous != no_id) self.send(seat.previous, Backtrack{cpa.stamp, bound});
  }

  /// A receiver that still works on what it got before drops that by itself.
  void pass_on(Agent auto& self, double cost) {
    passed_on = true;
    estimated = cost;
    ++stamp;
    for (const auto& [position, id] : touched) self.send(id, FbCpa{cpa.path, stamp});
    self.send(seat.next, Cpa{cpa.path, touched, cost, bound, stamp});
    cpa.path.pop_back();
  }

  void call_back(Agent auto& self) {
    if (passed_on) self.send(seat.next, Halt{});
    passed_on = false;
  }

  void solved(Agent auto& self, double cost) {
    bound = cost;
    value = cpa.path.back();
    if (seat.previous != no_id) self.send(seat.previous, NewSolution{cpa.path, cost});
    if (seat.size != self.problem().variable_count()) return;  // what other parts have found is not known here
    ComputationId root = self.id();
    while (self.tree().parent[root] != no_id) root = self.tree().parent[root];
    const std::vector<VariableId> row = depth_first(self.tree(), root);
    self.demand(row.size() == cpa.path.size());
    std::vector<ValueIndex> assignment(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) assignment[row[i]] = cpa.path[i];
    self.propose(assignment);
  }

  double estimate(Agent auto& self, const std::vector<ValueIndex>& path) {
    own_shares(self, path, guesses);
    return *std::min_element(guesses.begin(), guesses.end());
  }

  void own_shares(Agent auto& self, const std::vector<ValueIndex>& path, std::vector<double>& out) {
    known.clear();
    for (std::size_t k = 0; k < earlier.size() && earlier[k] < path.size(); ++k) {
      known.push_back(path[earlier[k]]);
      self.demand(known.back() >= 0 && known.back() < self.problem().domain_size(costs.earlier()[k]));
    }
    self.check(costs.shares(known, out));
  }
  double share(ValueIndex v) const { return shares[std::size_t(v)]; }

  Seat seat;
  PathCosts costs;
  std::vector<std::uint32_t> earlier;  // positions of the variables that shares depend on, ascending
  std::vector<Place> later;            // neighbours to come
  std::vector<ValueIndex> known;       // values of `earlier`, as far as a path goes
  std::vector<double> guesses;         // shares on somebody else's path

  Cpa cpa;                        // as received last
  std::vector<Place> touched;     // those to ask
  std::vector<double> shares;     // of each own value, given `cpa`
  std::vector<ValueIndex> order;  // own values, cheapest first
  std::size_t next = 0;           // in `order`
  bool passed_on = false;         // the variables to come have an assignment from here that is not back
  double estimated = 0;           // what that one costs at least, as far as the answers go
  std::uint64_t stamp = 0;        // counts own assignments
  double bound = std::numeric_limits<double>::infinity();
  std::uint32_t waiting = 0;  // the root's: for how many to be seated
};

}  // namespace

Algorithm afb() { return algorithm_of<Afb>(); }

}  // namespace entente::algorithms
