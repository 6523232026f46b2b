// SPDX-License-Identifier: MIT
// The types of message that an algorithm sends, with their sizes, for lists and help.
#pragma once

#include <vector>

#include "entente/algorithm/population.hpp"
#include "entente/solve.hpp"

namespace entente {

/// In the order of the protocol. On factor graphs, vectors of costs.
std::vector<MessageDescription> message_list(const Algorithm& algorithm);

}  // namespace entente
