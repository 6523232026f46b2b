// SPDX-License-Identifier: MIT
// What an algorithm's messages mean for placement.
#pragma once

#include <string>

#include "entente/placement.hpp"

namespace entente {

/// What a computation of `algorithm` (a name or the path of a plug-in) sends over one link in one cycle: one value for
/// each number in its messages, of whatever width; a message of varying size counts as one. Throws Error{wrong_use} if
/// there is no such algorithm.
LinkLoad link_load(const std::string& algorithm);

}  // namespace entente
