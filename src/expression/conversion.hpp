// SPDX-License-Identifier: MIT
// Conversions between texts and numbers as Python makes them, and decimal rounding. Never depend on the locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "expression/datum.hpp"

namespace entente::expression {

/// The double nearest to a decimal number such as `1`, `.5`, `1_000.25` or `1e400` (infinite); nothing if malformed.
/// No sign and no blanks.
std::optional<double> read_decimal(std::string_view text);

/// `float(text)`. Errors  Failure of kind value.
double real_of_text(std::string_view text);
/// `int(text)`. Errors  Failure of kind value, or overflow beyond 64 bits.
std::int64_t whole_of_text(std::string_view text);
/// The whole number in [0, 2^63] with these digits in `base`, underscores between digits allowed; nothing if
/// malformed. Errors  Failure of kind overflow when larger.
std::optional<std::uint64_t> read_digits(std::string_view text, int base);

/// Rounds towards zero. Errors  Failure of kind value for NaN, overflow beyond 64 bits.
std::int64_t truncate(double number);

/// `repr(number)`: the shortest text that reads back as `number`.
std::string text_of_real(double number);

/// `round(number)`: half to even. Errors  as `truncate`.
Datum round_number(const Datum& number);
/// `round(number, digits)`: the exact decimal value is rounded, half to even; whole numbers stay whole.
Datum round_number(const Datum& number, std::int64_t digits);

}  // namespace entente::expression
