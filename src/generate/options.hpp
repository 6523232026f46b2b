// SPDX-License-Identifier: MIT
// Checks of generator options, with one way to word what is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "entente/base/error.hpp"
#include "entente/generate.hpp"

namespace entente::generate {

inline constexpr std::uint64_t most_variables = 100'000'000;
inline constexpr std::uint64_t most_constraints = 2'000'000'000;
inline constexpr std::uint64_t most_cells = std::uint64_t(1) << 24;  ///< Of one table.

/// Throws Error{wrong_use} about `option`.
[[noreturn]] void refuse(std::string_view option, const std::string& why);

/// Throws unless low <= value <= high; a NaN is outside.
template <class Number>
void check_range(std::string_view option, Number value, Number low, Number high) {
  if (value >= low && value <= high) return;
  refuse(option, fmt::format("{} is outside [{}, {}]", value, low, high));
}

void check_costs(const CostOptions& costs);
/// Throws Error{too_large} unless a table over `arity` domains of `domain_size` is within `most_cells`; returns its
/// cells.
std::uint64_t check_cells(std::uint64_t domain_size, std::uint32_t arity);
void check_constraints(std::uint64_t count);

}  // namespace entente::generate
