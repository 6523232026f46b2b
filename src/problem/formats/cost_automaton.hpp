// SPDX-License-Identifier: MIT
// CostAutomaton: a finite automaton with costs, for cost functions that say which words are allowed.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "entente/base/ids.hpp"
#include "problem/formats/global_functions.hpp"

namespace entente {

/// States, transitions and what they cost; a tuple is a word that it reads, value by value.
struct CostAutomaton {
  static constexpr double forbidden = std::numeric_limits<double>::infinity();

  struct Transition {
    std::size_t from, to;
    ValueIndex symbol;
    double cost;
  };
  std::vector<double> start, end;  ///< By state; forbidden where it is not initial or final.
  std::vector<Transition> transitions;
  double substitution = forbidden;  ///< Cost of reading another symbol than the tuple has.

  /// Reads numbers of states and transitions, and the lists of both. Throws Error for states that do not exist.
  static CostAutomaton read(const GlobalParameters& parameters, bool with_costs);

  /// The cheapest way to read `tuple`; forbidden if there is none. O(length * (states + transitions)).
  double cost(std::span<const ValueIndex> tuple) const;
};

}  // namespace entente
