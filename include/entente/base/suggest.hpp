// SPDX-License-Identifier: MIT
// Suggestions for misspelt names.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace entente {

/// Returns ` (did you mean 'x'?)` for the candidate nearest to `name`, or nothing if none is near: at most a third of
/// its letters wrong, two swapped neighbours counting as one. Ties go to the first candidate.
/// O(candidates * length^2); looks at no more than 10 000 candidates and 64 letters.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace entente
