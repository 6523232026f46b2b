// SPDX-License-Identifier: MIT
// PartSearch: hybrid best-first branch and bound over one connected part of a network.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <vector>

#include "kernel/exact/soft_network.hpp"

namespace entente {

/// Depth-first dives from the open node of least bound; a dive that has failed often enough leaves what it did not
/// visit as open nodes. Hence bound and best assignment improve together, and both are valid at any time.
///
/// From  Allouche, de Givry, Katsirelos, Schiex & Zytnicki, "Anytime hybrid best-first search with tree decomposition
/// for
///       weighted CSP", CP 2015; variables by domain size over weighted degree, the last one that failed first:
///       Boussemart et al., ECAI 2004, and Lecoutre et al., Artificial Intelligence 173 (2009) 1592-1614.
class PartSearch {
 public:
  /// `core` must outlive this.
  PartSearch(const CoreNetwork& core, std::uint64_t memory);

  /// Only assignments that cost less than this are of interest.
  void set_top(double top);
  /// Existential supports are repaired only if the bound rises by more than that.
  void set_least_rise(double rise) { network_.set_least_rise(rise); }
  /// Tells an assignment. Returns whether it is better than what is known.
  bool offer(std::span<const ValueIndex> assignment, double cost);

  /// Searches until done, until `stop` (asked at every node, and now and then in between) returns true, or until `work`
  /// cells were looked at since the beginning. May be called again, unless it was `stop` that ended it.
  void run(const std::function<bool()>& stop, std::uint64_t work);

  bool done() const { return started_ && open_.empty(); }
  /// Whether it gave up for want of memory.
  bool exhausted() const { return exhausted_; }
  /// No assignment below the top costs less; the top when done.
  double bound() const;
  double top() const { return network_.top(); }
  /// The best assignment found or told; empty if there is none.
  std::span<const ValueIndex> best() const { return best_; }
  double best_cost() const { return best_cost_; }

  /// Whether a function has had any part in bound and proof.
  bool is_used(std::uint32_t function) const { return network_.is_used(function); }
  std::uint64_t nodes() const { return nodes_; }
  std::uint64_t work() const { return network_.work(); }

 private:
  /// A variable keeps its values from `low` to `high`, or all others.
  struct Decision {
    std::uint32_t variable;
    ValueIndex low, high;
    bool inside;

    Decision opposite() const { return {variable, low, high, !inside}; }
  };
  struct Node {
    double bound;
    std::uint32_t depth;
    std::uint64_t number;
    std::vector<Decision> decisions;

    bool operator<(const Node& other) const {
      if (bound != other.bound) return bound < other.bound;
      if (depth != other.depth) return depth > other.depth;
      return number < other.number;
    }
  };
  struct Frame {
    Decision decision;      ///< That was tried first.
    std::size_t decisions;  ///< Before it.
    double bound;
  };

  bool tighten();
  bool apply(const Decision& decision);
  void dive(const std::function<bool()>& stop, std::uint64_t work);
  void keep(double bound, std::size_t decisions, const Decision* last);
  void keep_all();
  std::uint32_t choose_variable() const;
  Decision choose() const;
  void adapt();

  SoftNetwork network_;
  std::uint64_t memory_;
  std::set<Node> open_;
  std::uint64_t open_bytes_ = 0, numbers_ = 0;
  std::vector<Frame> frames_;
  std::vector<Decision> decisions_;
  std::vector<ValueIndex> best_;
  double best_cost_ = std::numeric_limits<double>::infinity();
  double diving_ = std::numeric_limits<double>::infinity();  ///< Bound of the node whose subtree is visited now.
  std::uint32_t last_failed_ = ~std::uint32_t(0);
  std::uint64_t nodes_ = 0, replayed_ = 0, limit_ = 1;
  bool started_ = false, exhausted_ = false, tightened_ = false;
};

}  // namespace entente
