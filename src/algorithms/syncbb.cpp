// SPDX-License-Identifier: MIT
// SyncBB, Synchronous Branch and Bound.
#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "algorithm/seats.hpp"
#include "entente/algorithm.hpp"
#include "entente/graph/ordered_graph.hpp"
#include "kernel/path_costs.hpp"

namespace entente::algorithms {
namespace {

/// A path of assignments travels up and down a row of variables; each extends it by its next value while the path's
/// cost stays below that of the best complete path.
///
/// The plain baseline among the complete algorithms: one variable works at a time.
///
/// Cost  exponential time; one message per step, of 4 bytes per variable on the path and 20. Memory per variable: its
///       constraints' tables.
/// From  Hirayama & Yokoo, "Distributed partial constraint satisfaction problem", CP 1997. Differs in that a path's
///       cost includes the least that constraints with open variables still ask for (`PathCosts`), values are tried
///       cheapest first, and variables that no chain of constraints links form rows of their own, which do not wait for
///       each other: the first of all variables tells each its seat.
struct SyncBb {
  static constexpr Info info{.name = "syncbb",
                             .summary = "exact: branch and bound along a row of variables, one at a time",
                             .graph = Graph::ordered,
                             .timing = Timing::events,
                             .complete = true,
                             .source = "Hirayama & Yokoo, CP 1997"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  static std::string refuses(const Problem& problem) { return PathCosts::refuses(problem); }

  struct Seated {};  // the sender is ready
  struct Begin {};   // all are; the receiver opens its row
  struct Forward {
    std::vector<ValueIndex> path;  // by position in the row
    double cost;                   // what the path adds to the lowest cost of every constraint
    double bound;                  // the best complete path's
    bool fits(const MessageGround& at) const { return at.cost(cost) && at.cost(bound); }
  };
  struct Backward {
    std::vector<ValueIndex> path;
    double bound;
    bool fits(const MessageGround& at) const { return at.cost(bound); }
  };
  struct Best {  // a better complete path, on its way to all
    std::vector<ValueIndex> path;
  };
  using Messages = Kinds<Seat, Seated, Begin, Forward, Backward, Best>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    value = self.initial_value();
    if (self.row().position[self.id()] != 0) return;
    for (const auto& row : separate_rows(self.problem(), self.row().order)) {
      heads.push_back(row.front());
      std::vector<Seat> seats = seats_along(self.problem(), row);
      for (std::size_t i = 0; i < row.size(); ++i) self.send(row[i], std::move(seats[i]));
    }
    waiting = self.problem().variable_count();
  }

  void receive(Agent auto& self, ComputationId teller, Seat&& told) {
    self.demand(seat.size == 0 && told.sound(self.problem(), self.id()));
    seat = std::move(told);
    costs = PathCosts(
        self.problem(), self.id(),
        [&](VariableId v) { return v == self.id() ? seat.position : seat.neighbours[self.position(v)]; },
        StopSignal{self.stop_flag(), {}});
    for (const VariableId v : costs.earlier()) earlier.push_back(seat.neighbours[self.position(v)]);
    known.resize(earlier.size());
    shares.resize(std::size_t(self.domain()));
    order.resize(shares.size());
    self.send(teller, Seated{});
  }

  void receive(Agent auto& self, ComputationId, Seated) {
    self.demand(waiting > 0);
    if (--waiting == 0)
      for (const ComputationId head : heads) self.send(head, Begin{});
  }

  void receive(Agent auto& self, ComputationId, Begin) { open(self, {}, 0); }

  void receive(Agent auto& self, ComputationId, Forward&& message) {
    bound = message.bound;
    open(self, std::move(message.path), message.cost);
  }

  void receive(Agent auto& self, ComputationId, Backward&& message) {
    self.demand(seat.size > 0 && message.path.size() == seat.position + std::size_t(1));
    bound = message.bound;
    message.path.pop_back();  // this variable's own value
    advance(self, std::move(message.path));
  }

  void receive(Agent auto& self, ComputationId, Best&& best) {
    self.demand(seat.size > 0 && best.path.size() == seat.size);
    const ValueIndex mine = best.path[seat.position];
    self.demand(mine >= 0 && mine < self.domain());
    value = mine;
    if (seat.previous != no_id) self.send(seat.previous, std::move(best));
  }

 private:
  void open(Agent auto& self, std::vector<ValueIndex> path, double cost) {
    self.demand(seat.size > 0 && path.size() == seat.position);
    before = cost;
    for (std::size_t k = 0; k < earlier.size(); ++k) {
      known[k] = path[earlier[k]];
      self.demand(known[k] >= 0 && known[k] < self.problem().domain_size(costs.earlier()[k]));
    }
    self.check(costs.shares(known, shares));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](ValueIndex a, ValueIndex b) { return share(a) < share(b); });
    next = 0;
    advance(self, std::move(path));
  }

  /// Extends the path by the next value that may lead to something better, or gives it back.
  void advance(Agent auto& self, std::vector<ValueIndex> path) {
    for (; next < order.size(); ++next) {
      const double cost = before + share(order[next]);
      if (!(cost < bound)) break;  // nor are those that follow, as they are dearer
      path.push_back(order[next]);
      if (seat.next != no_id) {
        ++next;
        return self.send(seat.next, Forward{std::move(path), cost, bound});
      }
      bound = cost;
      value = path.back();
      announce(self, path);
      path.pop_back();
    }
    if (seat.previous != no_id) self.send(seat.previous, Backward{std::move(path), bound});
  }

  void announce(Agent auto& self, const std::vector<ValueIndex>& path) {
    if (seat.previous != no_id) self.send(seat.previous, Best{path});
    if (seat.size != self.problem().variable_count()) return;  // what other rows have found is not known here
    std::vector<ValueIndex> assignment(path.size());
    for (std::size_t i = 0; i < path.size(); ++i) assignment[self.row().order[i]] = path[i];
    self.propose(assignment);
  }

  double share(ValueIndex v) const { return shares[std::size_t(v)]; }

  Seat seat;
  PathCosts costs;
  std::vector<std::uint32_t> earlier;  // positions of the variables that shares depend on
  std::vector<ValueIndex> known;       // and their values
  std::vector<double> shares;          // of each own value, given the path
  std::vector<ValueIndex> order;       // own values, cheapest first
  std::size_t next = 0;                // in `order`
  double before = 0;                   // the path's cost without this variable
  double bound = std::numeric_limits<double>::infinity();

  // The first variable of all, while it seats the others.
  std::vector<ComputationId> heads;
  std::uint32_t waiting = 0;
};

}  // namespace

Algorithm syncbb() { return algorithm_of<SyncBb>(); }

}  // namespace entente::algorithms
