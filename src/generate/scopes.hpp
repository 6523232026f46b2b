// SPDX-License-Identifier: MIT
// Scopes: sets of variables, numbered, so that distinct ones can be drawn as distinct numbers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/base/ids.hpp"
#include "entente/base/random.hpp"

namespace entente::generate {

/// More scopes than this cannot be numbered.
inline constexpr std::uint64_t countless = std::uint64_t(1) << 63;

/// Number of scopes of `arity` among `variables`: the binomial coefficient, or `countless` if it is at least that.
std::uint64_t scope_count(std::uint32_t variables, std::uint32_t arity);

/// Writes the scope with number `rank` in lexicographic order of ascending scopes. Needs rank < scope_count.
/// O(arity log variables).
void scope_at(std::uint64_t rank, std::uint32_t variables, std::span<VariableId> scope);

/// Returns `count` different numbers below `total` in ascending order, every such set equally likely. Needs
/// count <= total < countless. O(count log count) time, 8 bytes per number.
std::vector<std::uint64_t> distinct_numbers(std::uint64_t count, std::uint64_t total, Random& random);

}  // namespace entente::generate
