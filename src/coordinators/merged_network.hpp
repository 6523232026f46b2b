// SPDX-License-Identifier: MIT
// Networks: the buses' own programs, and all of them as one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "entente/problem/resource_problem.hpp"
#include "kernel/quadratic/agent_batch.hpp"

namespace entente::admm {

/// A bus's own program: x, its angle and its neighbours' angles, in units in which a typical line's flow is the
/// difference of two angles.
struct Bus {
  std::vector<std::uint32_t> knows;  ///< Buses whose angles it has a view of; itself first.
  ResourceAgent model;
  quadratic::AgentBatch program;
  std::vector<double> x, centre, u;  ///< stride numbers: generation first, then the angles of `knows`.
};

/// All buses in one program: generations (in two halves where |x| has a kink), then angles in `unit`s.
struct MergedNetwork {
  ResourceAgent all;
  std::size_t angles = 0;                ///< Where they begin.
  std::vector<std::size_t> second_half;  ///< 0: none.
  std::vector<std::uint32_t> line_of_row;
};

MergedNetwork merge_network(const ResourceProblem& problem, const std::vector<Bus>& buses, double unit);

/// What of a network does not fit together.
std::string blame_network(const ResourceProblem& problem, const MergedNetwork& merged,
                          const std::vector<quadratic::Contradiction>& shares);

}  // namespace entente::admm
