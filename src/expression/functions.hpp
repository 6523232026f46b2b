// SPDX-License-Identifier: MIT
// The functions and constants of the language.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "expression/datum.hpp"
#include "expression/syntax.hpp"
#include "expression/workspace.hpp"

namespace entente::expression {

struct Function {
  std::string_view name;
  int least;  ///< Fewest arguments.
  int most;   ///< Most arguments; -1: any number.
  /// Errors  Failure, of the kind that Python's exception has.
  Datum (*evaluate)(Workspace& workspace, std::span<const Datum> arguments);
};

/// The functions that need no prefix: abs, min, ...
std::span<const Function> plain_functions();
/// The functions of `math.`
std::span<const Function> math_functions();

/// The position of `name` in the functions of `space`, counted over both lists (plain first); nothing if unknown.
std::optional<std::uint32_t> find_function(Space space, std::string_view name);
/// The function at such a position.
const Function& function_at(std::uint32_t position);

/// `math.pi` and its like.
std::optional<Datum> math_constant(std::string_view name);

/// The names in `functions`, for messages: `abs, all, ...`.
std::string names_of(std::span<const Function> functions);

}  // namespace entente::expression
