// SPDX-License-Identifier: MIT
// Python's arithmetic on numbers (booleans count as 0 and 1), in 64-bit whole numbers and doubles.
//
// All functions expect numbers. Errors  Failure of kind zero_division, overflow (a whole number beyond 64 bits, or a
// power beyond the doubles) or unsupported (a root of a negative number).
#pragma once

#include <compare>
#include <cstdint>

#include "expression/datum.hpp"

namespace entente::expression {

Datum add(const Datum& left, const Datum& right);
Datum subtract(const Datum& left, const Datum& right);
Datum multiply(const Datum& left, const Datum& right);
/// `/`: always a real number, the one nearest to the exact quotient, also of long whole numbers.
Datum divide(const Datum& left, const Datum& right);
/// `//`: rounds towards minus infinity.
Datum floor_divide(const Datum& left, const Datum& right);
/// `%`: has the sign of `right`.
Datum modulo(const Datum& left, const Datum& right);
/// `**`: whole for a whole base and a whole exponent of at least 0.
Datum power(const Datum& left, const Datum& right);
Datum negate(const Datum& number);
/// `abs`.
Datum magnitude(const Datum& number);

/// Compares exactly, also a whole with a real number; unordered when one is NaN.
std::partial_ordering compare_numbers(const Datum& left, const Datum& right);

}  // namespace entente::expression
