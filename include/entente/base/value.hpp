// SPDX-License-Identifier: MIT
// Value: what a domain holds and an expression computes with.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace entente {

/// A value of a domain: boolean, whole number, real number or text.
using Value = std::variant<bool, std::int64_t, double, std::string>;

/// Returns `value` as a person would write it in YAML 1.2: `true`, `3`, `0.5`, `red`. Never depends on the locale;
/// a real number is the shortest text that reads back as the same number and always shows that it is real (`2.0`).
std::string to_text(const Value& value);

/// Whether two values are the same as Python's `==` sees them: `true`, `1` and `1.0` are equal, text equals only text.
bool same_value(const Value& left, const Value& right);

}  // namespace entente
