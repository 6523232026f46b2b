// SPDX-License-Identifier: MIT
// CohdaLinks: who hears whom in a group, as flat arrays.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/participants/cohda_group.hpp"

namespace entente {

/// Links go both ways. A link has two ends, each with a number: the end at `agent` towards its k-th neighbour is
/// `first[agent] + k`.
struct CohdaLinks {
  std::vector<std::uint64_t> first{0};    ///< Size agents + 1.
  std::vector<std::uint32_t> neighbours;  ///< By end: the agent at the other end; ascending for each agent.
  std::vector<std::uint64_t> other_end;   ///< By end: the number of the other end.

  std::uint32_t agents() const { return std::uint32_t(first.size() - 1); }
  std::uint32_t degree(std::uint32_t agent) const {
    return std::uint32_t(first[agent + std::size_t(1)] - first[agent]);
  }
};

/// Returns the links that `options` asks for.
///
/// Errors  Error{wrong_use} for options out of range, Error{bad_input} for links of agents that there are not and for
///         agents that the start agent cannot reach, Error{too_large} for more than 2^26 link ends.
CohdaLinks cohda_links(const ScheduleProblem& problem, const CohdaOptions& options);

}  // namespace entente
