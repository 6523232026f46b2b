// SPDX-License-Identifier: MIT
// The best pair of values for a variable and one of its neighbours.
#pragma once

#include <cstddef>
#include <limits>

#include "entente/algorithm/protocol.hpp"
#include "entente/base/value.hpp"

namespace entente {

/// Two values that go together.
struct JointMove {
  ValueIndex own, theirs;
  double gain;  ///< Over the values that both have now; not negative.
};

namespace detail {

inline constexpr std::size_t widest_row = 64;  ///< Of uniform tables; see LocalTables.
inline constexpr std::size_t lanes = 4;        ///< Cells at a time.

/// Of an agent that tells cells one by one.
template <class Self>
JointMove best_pair(const Self& self, Neighbour k, const double* rest, ValueIndex own, ValueIndex told) {
  const double now = self.local_cost(own) + rest[told];
  double best = now;
  JointMove move{own, told, 0};
  for (ValueIndex theirs = 0; theirs < self.neighbour_domain(k); ++theirs)
    for (ValueIndex v = 0; v < self.domain(); ++v) {
      const double cost =
          self.local_cost(v) - self.shared_cost(k, v, told) + self.shared_cost(k, v, theirs) + rest[theirs];
      if (cost < best) best = cost, move = {v, theirs, now - cost};
    }
  return move;
}

/// Of a table whose rows hold own costs, one row a value of theirs, `stride` (a multiple of `lanes`) apart.
/// Cost  O(domain^2), `lanes` cells at a time.
template <class Number>
JointMove best_pair(const Number* cells, const Number* local, std::size_t domain, std::size_t stride,
                    const double* rest, ValueIndex own, ValueIndex told) {
  constexpr double never = std::numeric_limits<double>::infinity();
  double mine[widest_row];
  const Number* const current = cells + std::size_t(told) * stride;
  for (std::size_t v = 0; v < domain; ++v) mine[v] = double(local[v]) - double(current[v]);
  for (std::size_t v = domain; v < stride; ++v) mine[v] = never;
  const double now = double(local[own]) + rest[told];
  double best = now;
  JointMove move{own, told, 0};
  for (std::size_t theirs = 0; theirs < domain; ++theirs) {
    const Number* const row = cells + theirs * stride;
    double lowest[lanes] = {never, never, never, never};
    for (std::size_t v = 0; v < stride; v += lanes)
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const double cost = mine[v + lane] + double(row[v + lane]);
        lowest[lane] = cost < lowest[lane] ? cost : lowest[lane];
      }
    const double left = lowest[1] < lowest[0] ? lowest[1] : lowest[0];
    const double right = lowest[3] < lowest[2] ? lowest[3] : lowest[2];
    const double low = right < left ? right : left;
    if (!(low + rest[theirs] < best)) continue;
    best = low + rest[theirs];
    move = {0, ValueIndex(theirs), now - best};
    while (mine[move.own] + double(row[move.own]) != low) ++move.own;
  }
  return move;
}

}  // namespace detail
}  // namespace entente
