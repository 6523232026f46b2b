// SPDX-License-Identifier: MIT
// ADPOP, DPOP with tables of few dimensions and a bound instead of a proof.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/graph/pseudotree.hpp"
#include "kernel/cost_table.hpp"
#include "kernel/elimination_workspace.hpp"
#include "kernel/join_project.hpp"
#include "kernel/proof_sum.hpp"
#include "kernel/table_message.hpp"

namespace entente::algorithms {
namespace {

/// DPOP in which no table that is sent has more than `max_dim` dimensions: where the sum of a variable's tables would
/// have more, they are put into several mini-buckets, each of which is minimised by itself.
///
/// The sum of separate minima is no more than the minimum of the sum, so the roots' minima bound the optimum; values
/// then come down as in DPOP, each variable going by the tables it has received. Nothing had to be split: an optimum.
///
/// Cost  UTIL messages of tables with at most max_dim dimensions, as many as mini-buckets and tables that an ancestor
///       has no part in; time and memory exponential in max_dim + 1 at most, not in the induced width.
/// From  Petcu & Faltings, "Approximations in distributed optimization", CP 2005; Dechter & Rish, "Mini-buckets", JACM
///       50 (2003) 107-153; the balance between mini-buckets is from Ihler, Flerova, Dechter & Otten, "Join-graph based
///       cost-shifting schemes", UAI 2012. Left open there: which tables share a mini-bucket. Here: the widest first,
///       each goes where it adds the fewest variables; a table too wide by itself is minimised over its variables
///       nearest the root.
struct Adpop {
  static constexpr Info info{
      .name = "adpop",
      .summary = "DPOP with tables of few dimensions: a good answer and a bound",
      .graph = Graph::pseudotree,
      .timing = Timing::events,
      .confluent = true,
      .bound = true,
      .source = "Petcu & Faltings, CP 2005; Dechter & Rish, Journal of the ACM 50 (2003) 107-153"};

  struct Params {
    std::int64_t max_dim = 3;
  };
  static constexpr auto parameters =
      std::tuple{integer("max_dim", &Params::max_dim, 1, 1000, "dimensions of the largest table that is sent")};
  static Pseudotree make_tree(const Problem& problem, const Params&) { return best_pseudotree(problem); }

  struct Util {
    std::vector<TableMessage> tables;  // their sum is no more than the cost of the sender's subtree
    double constant;                   // nor is it with this
    std::size_t bytes() const {
      std::size_t sum = sizeof constant;
      for (const TableMessage& t : tables) sum += t.bytes();
      return sum;
    }
    bool fits(const MessageGround& at) const {
      return at.from_child() && at.cost(constant) && std::ranges::all_of(tables, [&](auto& t) { return t.fits(at); });
    }
  };
  struct Value {
    std::vector<ValueIndex> separator;  // values of the receiver's separator, in its order
    bool fits(const MessageGround& at) const { return at.from_parent() && at.own_context(separator); }
  };
  using Messages = Kinds<Util, Value, Proof>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    proofs.start(self);
    waiting = self.tree().children[self.id()].size();
    heard.resize(waiting);
    if (waiting == 0) send_util(self);
  }
  void receive(Agent auto& self, ComputationId from, Util&& util) {
    self.demand(waiting > 0);
    const auto children = self.tree().children[self.id()];
    heard[std::size_t(std::lower_bound(children.begin(), children.end(), from) - children.begin())] = std::move(util);
    if (--waiting == 0) send_util(self);
  }
  void receive(Agent auto& self, ComputationId, const Value& message) {
    self.demand(waiting == 0 && value == no_value);
    choose(self, message.separator);
  }
  void receive(Agent auto& self, ComputationId from, const Proof& proof) { proofs.add(self, from, proof); }

 private:
  /// Tables that are added before they are minimised over the own variable.
  struct Bucket {
    Join join;
    std::vector<VariableId> others;  // of all its tables, without the own variable
  };

  void send_util(Agent auto& self) {
    EliminationWorkspace& memory = shared(self);
    const StopSignal stop{self.stop_flag(), {}};
    for (const ConstraintId c : self.tree().constraints[self.id()])
      if (auto table = tabulate(self.problem(), c, memory.budget, stop)) mine.push_back(std::move(*table));
    if (auto table = tabulate_unary(self.problem(), self.id(), memory.budget)) mine.push_back(std::move(*table));
    if (self.stop_requested()) return;
    Util util{{}, 0};
    for (Util& from_child : heard) {
      util.constant += from_child.constant;
      for (TableMessage& t : from_child.tables)
        (has(t.table, self.id()) ? mine : passing).push_back(std::move(t.table));
    }
    heard.clear();
    std::vector<CostTable> narrowed;
    std::vector<Bucket> buckets = partition(self, narrowed, stop);
    if (self.stop_requested()) return;
    const std::vector<CostTable> shifts = balance(self, buckets, stop);
    if (self.stop_requested()) return;
    const Dimension own = dimension(self, self.id());
    const ComputationId parent = self.tree().parent[self.id()];
    for (const Bucket& bucket : buckets) {
      auto table = projector().project(bucket.join, own, dimensions(self, bucket.others), memory.budget, stop);
      if (!table) return;  // stopped
      self.check(table->cells().size() * std::uint64_t(own.size) * bucket.join.tables.size());
      if (bucket.others.empty())
        util.constant += table->cells()[0];
      else
        util.tables.push_back({std::move(*table)});
    }
    for (CostTable& table : passing) util.tables.push_back({std::move(table)});
    passing.clear();
    if (parent != no_id) return self.send(parent, std::move(util));
    ProofSum::tell(self, util.constant, true);
    choose(self, {});
  }

  /// Mini-buckets of no more than max_dim other variables each.
  std::vector<Bucket> partition(Agent auto& self, std::vector<CostTable>& narrowed, const StopSignal& stop) const {
    const auto widest = std::size_t(self.params().max_dim);
    std::vector<TableView> views;
    narrowed.reserve(mine.size());
    for (const CostTable& table : mine) {
      views.push_back(table.view());
      if (table.scope().size() <= widest + 1) continue;
      narrowed.push_back(narrow(self, table, widest, stop));
      views.back() = narrowed.back().view();
    }
    std::stable_sort(views.begin(), views.end(),
                     [](const TableView& a, const TableView& b) { return a.scope.size() > b.scope.size(); });
    std::vector<Bucket> buckets;
    if (views.empty()) return std::vector<Bucket>(1);  // no costs at all: the minimum of nothing is 0
    for (const TableView& view : views) {
      Bucket* place = nullptr;
      std::size_t least = widest + 1;
      for (Bucket& bucket : buckets) {
        const std::size_t added = missing_in(bucket, view, self.id());
        if (bucket.others.size() + added > widest || added >= least) continue;
        place = &bucket;
        least = added;
      }
      if (!place) place = &buckets.emplace_back();
      for (const VariableId v : view.scope)
        if (v != self.id() && std::find(place->others.begin(), place->others.end(), v) == place->others.end())
          place->others.push_back(v);
      place->join.tables.push_back(view);
    }
    return buckets;
  }
  /// Moves costs of the own values between mini-buckets, so that all have the same least cost for each. That does not
  /// change their sum, and their separate minima then come closer to its minimum.
  static std::vector<CostTable> balance(Agent auto& self, std::vector<Bucket>& buckets, const StopSignal& stop) {
    std::vector<CostTable> shifts;
    if (buckets.size() < 2) return shifts;
    const Dimension own = dimension(self, self.id());
    const auto domain = std::size_t(own.size);
    std::vector<double> least, mean(domain, 0);
    for (const Bucket& bucket : buckets) {
      const std::optional<CostTable> marginal = least_by_value(self, bucket, stop);
      if (!marginal) return shifts;  // stopped
      for (std::size_t d = 0; d < domain; ++d) {
        least.push_back(marginal->cells()[d]);
        mean[d] += least.back() / double(buckets.size());
      }
    }
    for (std::size_t b = 0; b < buckets.size(); ++b) {
      CostTable& shift = shifts.emplace_back(std::vector{own.variable}, std::vector{own.size}, shared(self).budget);
      for (std::size_t d = 0; d < domain; ++d)  // an infinite mean stays so whatever is moved
        shift.writable()[d] = std::isfinite(mean[d]) ? mean[d] - least[b * domain + d] : 0;
    }
    for (std::size_t b = 0; b < buckets.size(); ++b) buckets[b].join.tables.push_back(shifts[b].view());
    return shifts;
  }
  /// The least of a mini-bucket for each own value. It has other variables.
  static std::optional<CostTable> least_by_value(Agent auto& self, const Bucket& bucket, const StopSignal& stop) {
    Join sum = bucket.join;
    std::optional<CostTable> result;
    for (std::size_t done = 0; done < bucket.others.size(); ++done) {
      std::vector<VariableId> rest(bucket.others.begin() + std::ptrdiff_t(done) + 1, bucket.others.end());
      rest.push_back(self.id());
      auto less = projector().project(sum, dimension(self, bucket.others[done]), dimensions(self, rest),
                                      shared(self).budget, stop);
      if (!less) return {};
      result = std::move(less);
      sum.tables.assign(1, result->view());
    }
    return result;
  }
  static std::size_t missing_in(const Bucket& bucket, const TableView& view, VariableId own) {
    return std::size_t(std::count_if(view.scope.begin(), view.scope.end(), [&](VariableId v) {
      return v != own && std::find(bucket.others.begin(), bucket.others.end(), v) == bucket.others.end();
    }));
  }
  /// The least of a table over those of its variables that are one too many, nearest the root first.
  static CostTable narrow(Agent auto& self, const CostTable& table, std::size_t widest, const StopSignal& stop) {
    const auto& depth = self.tree().depth;
    std::vector<VariableId> scope(table.scope().begin(), table.scope().end());
    std::optional<CostTable> result;
    while (scope.size() > widest + 1) {
      const VariableId v = *std::min_element(scope.begin(), scope.end(),
                                             [&](VariableId a, VariableId b) { return depth[a] < depth[b]; });
      scope.erase(std::find(scope.begin(), scope.end(), v));
      const Join alone{{result ? result->view() : table.view()}};
      auto less = projector().project(alone, dimension(self, v), dimensions(self, scope), shared(self).budget, stop);
      if (!less) return CostTable();
      result = std::move(less);
    }
    return std::move(*result);
  }

  /// Picks the best value by own constraints and the tables from below, and tells the children.
  void choose(Agent auto& self, const std::vector<ValueIndex>& known) {
    const auto separator = self.tree().separator[self.id()];
    const std::vector<VariableId> above(separator.begin(), separator.end());
    value = projector().best_value(join(mine), dimension(self, self.id()), dimensions(self, above), known).value;
    mine.clear();
    for (const ComputationId child : self.tree().children[self.id()]) {
      Value message;
      for (const VariableId v : self.tree().separator[child])
        message.separator.push_back(
            v == self.id() ? value : known[std::size_t(std::find(above.begin(), above.end(), v) - above.begin())]);
      self.send(child, std::move(message));
    }
  }

  static bool has(const CostTable& table, VariableId variable) {
    return std::find(table.scope().begin(), table.scope().end(), variable) != table.scope().end();
  }
  static Dimension dimension(Agent auto& self, VariableId variable) {
    return {variable, self.problem().domain_size(variable)};
  }
  static std::vector<Dimension> dimensions(Agent auto& self, const std::vector<VariableId>& variables) {
    std::vector<Dimension> list;
    for (const VariableId v : variables) list.push_back(dimension(self, v));
    return list;
  }
  static EliminationWorkspace& shared(Agent auto& self) { return self.template workspace<EliminationWorkspace>(); }
  static Projector& projector() {
    thread_local Projector scratch;
    return scratch;
  }

  ProofSum proofs;
  std::size_t waiting = 0;
  std::vector<Util> heard;         // by child
  std::vector<CostTable> mine;     // own constraints, and tables from below with this variable
  std::vector<CostTable> passing;  // tables from below for an ancestor
};

}  // namespace

Algorithm adpop() { return algorithm_of<Adpop>(); }

}  // namespace entente::algorithms
