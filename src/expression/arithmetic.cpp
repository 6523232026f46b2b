// SPDX-License-Identifier: MIT
#include "expression/arithmetic.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "expression/workspace.hpp"

namespace entente::expression {
namespace {

__extension__ using Wide = unsigned __int128;

bool both_whole(const Datum& left, const Datum& right) { return left.is_whole() && right.is_whole(); }

[[noreturn]] void too_large(const char* operation) {
  fail(ErrorKind::overflow, std::string("the whole number that ") + operation +
                                " gives is too large (64 bits); write one operand as a real "
                                "number, as in 2.0");
}

[[noreturn]] void by_zero(const char* operation) {
  fail(ErrorKind::zero_division, std::string(operation) + " by zero");
}

std::uint64_t absolute(std::int64_t number) {
  return number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
}

/// The double nearest to left / right, ties to even.
double exact_quotient(std::int64_t left, std::int64_t right) {
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (left >= -exact && left <= exact && right >= -exact && right <= exact)
    return static_cast<double>(left) / static_cast<double>(right);
  const std::uint64_t numerator = absolute(left), denominator = absolute(right);
  // A quotient of at least 55 bits whose last bit also says whether anything is left rounds once, and correctly.
  const int surplus = std::bit_width(numerator) - std::bit_width(denominator);
  const int shift = surplus < 56 ? 56 - surplus : 0;
  const Wide shifted = Wide{numerator} << shift;
  auto quotient = static_cast<std::uint64_t>(shifted / denominator);
  if (shifted % denominator != 0) quotient |= 1;
  const double result = std::ldexp(static_cast<double>(quotient), -shift);
  return (left < 0) != (right < 0) ? -result : result;
}

/// The remainder with the sign of `right`.
double real_remainder(double left, double right) {
  const double remainder = std::fmod(left, right);
  if (remainder == 0) return std::copysign(0.0, right);
  return (remainder < 0) != (right < 0) ? remainder + right : remainder;
}

double real_floor_quotient(double left, double right) {
  const double truncated = std::fmod(left, right);
  double quotient = (left - truncated) / right;
  if (truncated != 0 && (truncated < 0) != (right < 0)) quotient -= 1.0;
  if (quotient == 0) return std::copysign(0.0, left / right);
  // The division above may have rounded a whole number to just below it.
  const double whole = std::floor(quotient);
  return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

double real_power(double base, double exponent) {
  if (base == 0 && exponent < 0) fail(ErrorKind::zero_division, "0.0 cannot be raised to a negative power");
  const bool finite = std::isfinite(base) && std::isfinite(exponent);
  if (finite && base < 0 && exponent != std::floor(exponent))
    fail(ErrorKind::unsupported, "a negative number to a fractional power is a complex number, which is not supported");
  const double result = std::pow(base, exponent);
  if (finite && std::isinf(result)) fail(ErrorKind::overflow, "the power is too large");
  return result;
}

std::int64_t whole_power(std::int64_t base, std::int64_t exponent) {
  std::int64_t result = 1;
  for (;;) {
    if ((exponent & 1) && __builtin_mul_overflow(result, base, &result)) too_large("`**`");
    exponent >>= 1;
    if (exponent == 0) return result;
    if (__builtin_mul_overflow(base, base, &base)) too_large("`**`");
  }
}

}  // namespace

Datum add(const Datum& left, const Datum& right) {
  if (!both_whole(left, right)) return Datum::of(left.as_real() + right.as_real());
  std::int64_t result;
  if (__builtin_add_overflow(left.integer, right.integer, &result)) too_large("`+`");
  return Datum::of(result);
}

Datum subtract(const Datum& left, const Datum& right) {
  if (!both_whole(left, right)) return Datum::of(left.as_real() - right.as_real());
  std::int64_t result;
  if (__builtin_sub_overflow(left.integer, right.integer, &result)) too_large("`-`");
  return Datum::of(result);
}

Datum multiply(const Datum& left, const Datum& right) {
  if (!both_whole(left, right)) return Datum::of(left.as_real() * right.as_real());
  std::int64_t result;
  if (__builtin_mul_overflow(left.integer, right.integer, &result)) too_large("`*`");
  return Datum::of(result);
}

Datum divide(const Datum& left, const Datum& right) {
  if (right.as_real() == 0) by_zero("division");
  if (both_whole(left, right)) return Datum::of(exact_quotient(left.integer, right.integer));
  return Datum::of(left.as_real() / right.as_real());
}

Datum floor_divide(const Datum& left, const Datum& right) {
  if (right.as_real() == 0) by_zero("whole division");
  if (!both_whole(left, right)) return Datum::of(real_floor_quotient(left.as_real(), right.as_real()));
  if (right.integer == -1) return negate(left);  // the processor traps on the smallest number here
  const std::int64_t quotient = left.integer / right.integer;
  const bool inexact = left.integer % right.integer != 0;
  return Datum::of(quotient - (inexact && (left.integer < 0) != (right.integer < 0)));
}

Datum modulo(const Datum& left, const Datum& right) {
  if (right.as_real() == 0) by_zero("remainder of a division");
  if (!both_whole(left, right)) return Datum::of(real_remainder(left.as_real(), right.as_real()));
  if (right.integer == -1) return Datum::of(std::int64_t{0});
  const std::int64_t remainder = left.integer % right.integer;
  return Datum::of(remainder != 0 && (remainder < 0) != (right.integer < 0) ? remainder + right.integer : remainder);
}

Datum power(const Datum& left, const Datum& right) {
  if (both_whole(left, right) && right.integer >= 0) return Datum::of(whole_power(left.integer, right.integer));
  return Datum::of(real_power(left.as_real(), right.as_real()));
}

Datum negate(const Datum& number) {
  if (number.kind == Kind::real) return Datum::of(-number.real);
  if (number.integer == std::numeric_limits<std::int64_t>::min()) too_large("`-`");
  return Datum::of(-number.integer);
}

Datum magnitude(const Datum& number) {
  if (number.kind == Kind::real) return Datum::of(std::fabs(number.real));
  return number.integer < 0 ? negate(number) : Datum::of(number.integer);
}

std::partial_ordering compare_numbers(const Datum& left, const Datum& right) {
  if (both_whole(left, right)) return left.integer <=> right.integer;
  if (left.kind == Kind::real && right.kind == Kind::real) return left.real <=> right.real;
  if (left.kind == Kind::real) return 0 <=> compare_numbers(right, left);
  const double real = right.real;
  if (std::isnan(real)) return std::partial_ordering::unordered;
  if (real >= 0x1p63) return std::partial_ordering::less;
  if (real < -0x1p63) return std::partial_ordering::greater;
  const auto truncated = static_cast<std::int64_t>(real);
  if (left.integer != truncated) return left.integer <=> truncated;
  return 0.0 <=> real - std::trunc(real);
}

}  // namespace entente::expression
