// SPDX-License-Identifier: MIT
// A lower bound of a variable's local cost, worked out when an event-driven computation asks for it.
#pragma once

#include "entente/algorithm/frame.hpp"

namespace entente::runtime {

/// Sum over the constraints of a variable, and its own costs, of the best each can be; to be minimised whatever the
/// objective. A constraint that is violated everywhere counts 0; -inf where a function is computed when asked. 0 for
/// computations that are no variable. O(cells of the variable's constraints).
double find_lowest(const Frame& frame, ComputationId computation);

}  // namespace entente::runtime
