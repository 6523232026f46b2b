// SPDX-License-Identifier: MIT
// Asynchronous Max-Sum.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/algorithm/damping.hpp"
#include "kernel/elimination_workspace.hpp"
#include "kernel/factor_relaxation.hpp"

namespace entente::algorithms {
namespace {

/// Max-Sum without cycles: every variable and every factor works at its own pace on what it last heard, and falls
/// silent when it has nothing new to say.
///
/// Turns are one second of virtual time apart, each computation's beginning at a random moment; messages that come
/// between two turns are answered together. Who falls silent is woken by the next message.
///
/// Messages |domain| numbers of 8 bytes, on the edges of the factor graph, while they change. With start_messages:leafs
///          a wave of one byte over every edge, each way, tells before who is in a part without leaves.
/// Cost     O(arity^2 * cells) time per turn of a factor.
/// From     Farinelli, Rogers, Petcu & Jennings, AAMAS 2008, section on asynchronous execution. Left open there: when
///          computations work, and as in `maxsum`. An edge is at rest when what would be said, undamped, differs from
///          the last message by no more than `stability` times the largest cost, four times running; the run ends when
///          all are. A hard constraint is an infinite cost: what no acceptable assignment can have becomes infinite,
///          and a variable without any other value proves that there is no solution.
struct AMaxSum {
  static constexpr Info info{.name = "amaxsum",
                             .summary = "asynchronous Max-Sum: computations speak when they have something new to say",
                             .graph = Graph::factor,
                             .timing = Timing::events,
                             .tolerates = {.loss = true, .duplicates = true, .reordering = true},
                             .source = "Farinelli, Rogers, Petcu & Jennings, AAMAS 2008"};

  enum class Speakers { leaves, leaves_and_variables, all };
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
             "who speaks unasked: nodes with one neighbour, those and all variables, or all nodes")};

  /// The cheapest rest of the problem for each value of the variable, as far as the sender has heard of it.
  struct Said {
    std::vector<double> costs;
    bool fits(const MessageGround& at) const {
      const VariableId variable = at.is_variable(at.from()) ? at.from() : at.to();
      return at.linked() && costs.size() == std::size_t(at.problem().domain_size(variable)) && at.costs(costs);
    }
  };
  /// There are leaves in this part of the graph.
  struct Leaves {
    std::uint8_t any = 1;
    bool fits(const MessageGround& at) const { return at.linked(); }
  };
  using Messages = Kinds<Said, Leaves>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    edges.resize(self.degree());
    const Params& p = self.params();
    speaks = p.start_messages == Speakers::all || self.degree() == 1 ||
             (p.start_messages == Speakers::leaves_and_variables && is_variable(self));
    if (is_variable(self)) {
      own.assign(std::size_t(self.domain()), 0);
      const auto costs = self.problem().unary_costs(self.id());
      for (std::size_t v = 0; v < costs.size(); ++v) own[v] = self.working(costs[v]);
      if (self.degree() > 0)
        for (double& cost : own) cost += p.noise * self.uniform();
      decide(self, own);
    } else if (self.degree() > 0) {
      auto& budget = self.template workspace<EliminationWorkspace>().budget;
      table = tabulate(self.problem(), self.id() - self.problem().variable_count(), budget,
                       StopSignal{self.stop_flag(), {}});
      if (!table) return;  // stopped
    }
    if (self.degree() == 0) return;
    if (p.start_messages == Speakers::leaves && self.degree() == 1) spread_leaves(self);
    wake(self);
  }

  void receive(Agent auto& self, ComputationId, const Leaves&) {
    if (!has_leaves) spread_leaves(self);
  }

  void receive(Agent auto& self, ComputationId from, Said&& message) {
    edges[self.position(from)].heard = std::move(message.costs);
    speaks = true;
    wake(self);
  }

  /// A turn. The wave of leaves has passed before anybody's first, as it takes no time.
  void tick(Agent auto& self) {
    if (self.params().start_messages == Speakers::leaves && !has_leaves) speaks = true;
    bool calm = true;
    if (speaks) {
      if (is_variable(self))
        calm = tell_factors(self);
      else
        calm = tell_variables(self);
    }
    if (!calm) return;
    awake = false;
    self.rest();
  }

  static double memory(const Node& node) { return 2.0 * node.degree() * node.domain * sizeof(double); }
  static double load(const Link& link) { return double(link.domain) * sizeof(double); }

 private:
  static constexpr double infinite = std::numeric_limits<double>::infinity();
  static constexpr int often_enough = 4;  // times in a row that a message may stay the same before it is not sent

  struct Edge {
    std::vector<double> heard, sent;  // empty: nothing yet, which counts as zeros
    int same = 0;
  };

  static bool is_variable(Agent auto& self) { return self.id() < self.problem().variable_count(); }

  void spread_leaves(Agent auto& self) {
    has_leaves = true;
    self.broadcast(Leaves{});
  }
  /// Takes turns from a random moment of the next second on, unless it does already.
  void wake(Agent auto& self) {
    if (awake) return;
    awake = true;
    self.every(1, 1 - self.uniform());
  }

  static void add(std::vector<double>& sum, const std::vector<double>& costs) {
    for (std::size_t v = 0; v < costs.size(); ++v) sum[v] += costs[v];
  }

  /// Q: to each factor its own costs and what all others said; then Z, the sum of all, decides. Says whether all that
  /// has been said before.
  bool tell_factors(Agent auto& self) {
    // Sums of those after k; nothing is subtracted, as costs may be infinite.
    std::vector<std::vector<double>> after(edges.size() + 1, std::vector<double>(own.size(), 0));
    for (std::size_t k = edges.size(); k-- > 0;) {
      after[k] = after[k + 1];
      add(after[k], edges[k].heard);
    }
    const bool damps = damps_variables(self.params().damping, self.params().damping_nodes);
    std::vector<double> before = own;
    bool calm = true;
    for (Neighbour k = 0; k < self.degree(); ++k) {
      std::vector<double> others = before;
      add(others, after[k + 1]);
      calm &= say(self, k, std::move(others), damps);
      add(before, edges[k].heard);
    }
    decide(self, before);
    return calm;
  }

  /// R: to each variable, for each of its values, the cheapest completion. Says whether all that has been said before.
  bool tell_variables(Agent auto& self) {
    const auto scope = table->scope();
    std::vector<std::vector<double>> messages;
    for (const VariableId v : scope) messages.push_back(edges[self.position(v)].heard);
    self.check(cell_count(table->sizes()));
    const bool damps = damps_factors(self.params().damping, self.params().damping_nodes);
    bool calm = true;
    for (std::size_t i = 0; i < scope.size(); ++i) {
      const std::vector<double> heard = std::exchange(messages[i], {});
      calm &= say(self, self.position(scope[i]), lowest_by(table->view(), i, messages), damps);
      messages[i] = heard;
    }
    return calm;
  }

  /// Sends `fresh` to neighbour k, shifted and damped, unless the last messages were as good as the same. Says whether
  /// they were.
  bool say(Agent auto& self, Neighbour k, std::vector<double> fresh, bool damps) {
    Edge& edge = edges[k];
    const double keep = damps ? self.params().damping : 0;
    const double low = *std::min_element(fresh.begin(), fresh.end());
    double largest = 0;  // of what was added up: rounding errors are of its size
    for (double& cost : fresh) {
      if (cost < infinite) largest = std::max(largest, std::abs(cost));
      if (low < infinite) cost -= low;
    }
    if (!edge.sent.empty() && same(edge.sent, fresh, self.params().stability, 0x1p-48 * largest / (1 - keep))) {
      if (++edge.same > often_enough) return true;
    } else {
      edge.same = 0;
    }
    // What is infinite once stays so: it rests on hard constraints alone.
    if (!edge.sent.empty() && keep > 0)
      for (std::size_t v = 0; v < fresh.size(); ++v)
        fresh[v] = keep < 1 ? keep * edge.sent[v] + (1 - keep) * fresh[v] : edge.sent[v];
    edge.sent = fresh;
    self.send(self.id(k), Said{std::move(fresh)});
    return false;
  }

  static bool same(const std::vector<double>& a, const std::vector<double>& b, double relative, double absolute) {
    double far = 0, largest = 0;
    for (std::size_t v = 0; v < a.size(); ++v) {
      if (a[v] == b[v]) {
        if (a[v] < infinite) largest = std::max(largest, a[v]);
        continue;
      }
      if (!(std::max(a[v], b[v]) < infinite)) return false;
      far = std::max(far, std::abs(a[v] - b[v]));
      largest = std::max({largest, a[v], b[v]});
    }
    return far <= relative * largest + absolute;
  }

  void decide(Agent auto& self, const std::vector<double>& belief) {
    const auto best = std::min_element(belief.begin(), belief.end());
    if (*best < infinite || value == no_value) value = ValueIndex(best - belief.begin());
    if (!(*best < infinite)) self.report_bound(infinite);
  }

  std::vector<Edge> edges;         // by neighbour
  std::vector<double> own;         // of a variable
  std::optional<CostTable> table;  // of a factor
  bool speaks = false, has_leaves = false, awake = false;
};

}  // namespace

Algorithm amaxsum() { return algorithm_of<AMaxSum>(); }

}  // namespace entente::algorithms
