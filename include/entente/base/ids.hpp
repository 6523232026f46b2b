// SPDX-License-Identifier: MIT
// Identities: dense numbers for things that have names only at the edges of the system.
#pragma once

#include <cstdint>
#include <limits>

namespace entente {

using VariableId = std::uint32_t;     ///< A variable of a problem, 0 .. variable_count()-1.
using ConstraintId = std::uint32_t;   ///< A constraint of a problem, 0 .. constraint_count()-1.
using AgentId = std::uint32_t;        ///< An agent (a host of computations), 0 .. agent count - 1.
using ComputationId = std::uint32_t;  ///< A computation of an algorithm; on constraint graphs it equals the VariableId.
using ValueIndex = std::int32_t;      ///< A position in a variable's domain, 0 .. domain size - 1.

inline constexpr ValueIndex no_value = -1;
inline constexpr std::uint32_t no_id = std::numeric_limits<std::uint32_t>::max();

}  // namespace entente
