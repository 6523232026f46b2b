// SPDX-License-Identifier: MIT
// The functions of `math.`: the C library's, with Python's errors outside their domains.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include <fmt/format.h>

#include "expression/arithmetic.hpp"
#include "expression/conversion.hpp"
#include "expression/functions.hpp"

namespace entente::expression {
namespace {

using Arguments = std::span<const Datum>;

double real(const Datum& datum) {
  if (!datum.is_number()) fail(ErrorKind::type, fmt::format("a number is needed, not {}", kind_name(datum.kind)));
  return datum.as_real();
}

std::int64_t whole(const Datum& datum) {
  if (!datum.is_whole()) fail(ErrorKind::type, fmt::format("a whole number is needed, not {}", kind_name(datum.kind)));
  return datum.integer;
}

[[noreturn]] void outside_domain() { fail(ErrorKind::value, "the argument is outside the function's domain"); }
[[noreturn]] void too_large() { fail(ErrorKind::overflow, "the result is too large"); }

/// What a function grows to at the ends of its domain: an infinite result of a finite argument is a pole or an
/// overflow.
enum class Infinite { pole, overflow };

template <double (*function)(double), Infinite infinite = Infinite::pole>
Datum unary(Workspace&, Arguments arguments) {
  const double argument = real(arguments[0]);
  const double result = function(argument);
  if (std::isnan(result) && !std::isnan(argument)) outside_domain();
  if (std::isinf(result) && std::isfinite(argument)) infinite == Infinite::pole ? outside_domain() : too_large();
  return Datum::of(result);
}

template <double (*function)(double, double)>
Datum binary(Workspace&, Arguments arguments) {
  const double left = real(arguments[0]), right = real(arguments[1]);
  const double result = function(left, right);
  if (std::isnan(result) && !std::isnan(left) && !std::isnan(right)) outside_domain();
  if (std::isinf(result) && std::isfinite(left) && std::isfinite(right)) too_large();
  return Datum::of(result);
}

template <bool (*function)(double)>
Datum test(Workspace&, Arguments arguments) {
  return Datum::of(function(real(arguments[0])));
}

double radians_of(double degrees) { return degrees * (std::numbers::pi / 180.0); }
double degrees_of(double radians) { return radians * (180.0 / std::numbers::pi); }
bool infinite(double number) { return std::isinf(number); }
bool not_a_number(double number) { return std::isnan(number); }
bool finite(double number) { return std::isfinite(number); }

template <double (*rounding)(double)>
Datum rounded(Workspace&, Arguments arguments) {
  if (arguments[0].is_whole()) return Datum::of(arguments[0].integer);
  return Datum::of(truncate(rounding(real(arguments[0]))));
}

Datum logarithm(Workspace& workspace, Arguments arguments) {
  const Datum natural = unary<std::log>(workspace, arguments.first(1));
  return arguments.size() == 1 ? natural : divide(natural, unary<std::log>(workspace, arguments.subspan(1)));
}

Datum power_of_reals(Workspace&, Arguments arguments) {
  const double base = real(arguments[0]), exponent = real(arguments[1]);
  const double result = std::pow(base, exponent);
  if (std::isfinite(base) && std::isfinite(exponent)) {
    if (std::isnan(result)) outside_domain();
    if (std::isinf(result)) base == 0 ? outside_domain() : too_large();
  }
  return Datum::of(result);
}

/// The length of a vector of any dimension, summed in a wider type, so that it is as good as rounded once.
Datum hypotenuse(Workspace& workspace, Arguments arguments) {
  workspace.charge(static_cast<std::int64_t>(arguments.size()));
  long double sum = 0;
  bool is_infinite = false;
  for (const Datum& argument : arguments) {
    const long double part = real(argument);
    is_infinite |= std::isinf(part);
    sum += part * part;
  }
  return Datum::of(is_infinite ? std::numeric_limits<double>::infinity() : static_cast<double>(std::sqrt(sum)));
}

std::uint64_t absolute(std::int64_t number) {
  return number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
}

Datum whole_result(std::uint64_t number) {
  if (number >> 63) fail(ErrorKind::overflow, "the whole number is too large (64 bits)");
  return Datum::of(static_cast<std::int64_t>(number));
}

Datum greatest_divisor(Workspace& workspace, Arguments arguments) {
  workspace.charge(static_cast<std::int64_t>(arguments.size()));
  std::uint64_t divisor = 0;
  for (const Datum& argument : arguments) divisor = std::gcd(divisor, absolute(whole(argument)));
  return whole_result(divisor);
}

Datum least_multiple(Workspace& workspace, Arguments arguments) {
  workspace.charge(static_cast<std::int64_t>(arguments.size()));
  const bool is_zero =
      std::any_of(arguments.begin(), arguments.end(), [](const Datum& argument) { return whole(argument) == 0; });
  if (is_zero) return Datum::of(std::int64_t{0});
  std::uint64_t multiple = 1;
  for (const Datum& argument : arguments) {
    const std::uint64_t number = absolute(argument.integer);
    if (__builtin_mul_overflow(multiple, number / std::gcd(multiple, number), &multiple))
      whole_result(~std::uint64_t{0});
  }
  return whole_result(multiple);
}

Datum factorial(Workspace&, Arguments arguments) {
  const std::int64_t number = whole(arguments[0]);
  if (number < 0) fail(ErrorKind::value, "factorial of a negative number");
  if (number > 20) fail(ErrorKind::overflow, "the factorial is too large (64 bits)");
  std::int64_t result = 1;
  for (std::int64_t i = 2; i <= number; ++i) result *= i;
  return Datum::of(result);
}

constexpr std::array functions = {
    Function{"acos", 1, 1, unary<std::acos>},
    Function{"acosh", 1, 1, unary<std::acosh>},
    Function{"asin", 1, 1, unary<std::asin>},
    Function{"asinh", 1, 1, unary<std::asinh>},
    Function{"atan", 1, 1, unary<std::atan>},
    Function{"atan2", 2, 2, binary<std::atan2>},
    Function{"atanh", 1, 1, unary<std::atanh>},
    Function{"cbrt", 1, 1, unary<std::cbrt>},
    Function{"ceil", 1, 1, rounded<std::ceil>},
    Function{"copysign", 2, 2, binary<std::copysign>},
    Function{"cos", 1, 1, unary<std::cos>},
    Function{"cosh", 1, 1, unary<std::cosh, Infinite::overflow>},
    Function{"degrees", 1, 1,
             [](Workspace&, Arguments arguments) { return Datum::of(degrees_of(real(arguments[0]))); }},
    Function{"exp", 1, 1, unary<std::exp, Infinite::overflow>},
    Function{"expm1", 1, 1, unary<std::expm1, Infinite::overflow>},
    Function{"fabs", 1, 1, unary<std::fabs>},
    Function{"factorial", 1, 1, factorial},
    Function{"floor", 1, 1, rounded<std::floor>},
    Function{"fmod", 2, 2, binary<std::fmod>},
    Function{"gcd", 0, -1, greatest_divisor},
    Function{"hypot", 0, -1, hypotenuse},
    Function{"isfinite", 1, 1, test<finite>},
    Function{"isinf", 1, 1, test<infinite>},
    Function{"isnan", 1, 1, test<not_a_number>},
    Function{"lcm", 0, -1, least_multiple},
    Function{"log", 1, 2, logarithm},
    Function{"log10", 1, 1, unary<std::log10>},
    Function{"log1p", 1, 1, unary<std::log1p>},
    Function{"log2", 1, 1, unary<std::log2>},
    Function{"pow", 2, 2, power_of_reals},
    Function{"radians", 1, 1,
             [](Workspace&, Arguments arguments) { return Datum::of(radians_of(real(arguments[0]))); }},
    Function{"sin", 1, 1, unary<std::sin>},
    Function{"sinh", 1, 1, unary<std::sinh, Infinite::overflow>},
    Function{"sqrt", 1, 1, unary<std::sqrt>},
    Function{"tan", 1, 1, unary<std::tan>},
    Function{"tanh", 1, 1, unary<std::tanh>},
    Function{"trunc", 1, 1, rounded<std::trunc>},
};

}  // namespace

std::span<const Function> math_functions() { return functions; }

std::optional<Datum> math_constant(std::string_view name) {
  if (name == "pi") return Datum::of(std::numbers::pi);
  if (name == "e") return Datum::of(std::numbers::e);
  if (name == "tau") return Datum::of(2 * std::numbers::pi);
  if (name == "inf") return Datum::of(std::numeric_limits<double>::infinity());
  if (name == "nan") return Datum::of(std::numeric_limits<double>::quiet_NaN());
  return std::nullopt;
}

}  // namespace entente::expression
