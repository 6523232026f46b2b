// SPDX-License-Identifier: MIT
#include "expression/conversion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "entente/base/error.hpp"
#include "expression/workspace.hpp"

namespace entente::expression {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\r\v\f";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

/// Copies `text` without underscores; nothing when one does not stand between digits.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_')
      plain += text[i];
    else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1]))
      return std::nullopt;
  }
  return plain;
}

/// Whether a decimal number that no double can hold is too large rather than too small.
bool is_huge(std::string_view text) {
  const auto exponent_at = std::min(text.find_first_of("eE"), text.size());
  const std::string_view digits = text.substr(0, exponent_at);
  const auto point = std::min(digits.find('.'), digits.size());
  const auto first = digits.find_first_not_of("0.");
  if (first == std::string_view::npos) return false;
  if (exponent_at + 1 < text.size()) {
    // The digits written out are at most a megabyte, so a long exponent alone decides.
    std::string_view exponent = text.substr(exponent_at + 1);
    const bool negative = exponent.front() == '-';
    if (exponent.front() == '-' || exponent.front() == '+') exponent.remove_prefix(1);
    std::int64_t value = 0;
    for (const char c : exponent) value = std::min<std::int64_t>(value * 10 + (c - '0'), 1'000'000'000'000);
    const auto magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
    return magnitude + (negative ? -value : value) > 0;
  }
  return first < point;
}

/// Rounds a finite `magnitude` >= 0 to a multiple of 10^power, power > 0, half to even, as digits.
std::string half_even_at_power_of_ten(double magnitude, int power) {
  std::array<char, 1500> buffer;  // 309 digits, a point and 1074 more hold any double exactly
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude, std::chars_format::fixed, 1074).ptr;
  const std::string_view exact(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const auto point = exact.find('.');
  std::string kept = "0";
  std::string dropped(exact.substr(0, point));
  if (dropped.size() > static_cast<std::size_t>(power)) {
    kept += dropped.substr(0, dropped.size() - static_cast<std::size_t>(power));
    dropped.erase(0, dropped.size() - static_cast<std::size_t>(power));
  } else {
    dropped.insert(0, static_cast<std::size_t>(power) - dropped.size(), '0');
  }
  dropped += exact.substr(point + 1);
  const bool exactly_half = dropped[0] == '5' && dropped.find_first_not_of('0', 1) == std::string::npos;
  if (exactly_half ? (kept.back() - '0') % 2 == 1 : dropped[0] >= '5') {
    std::size_t i = kept.size() - 1;
    while (kept[i] == '9') kept[i--] = '0';  // the leading 0 stops this
    ++kept[i];
  }
  return kept + std::string(static_cast<std::size_t>(power), '0');
}

double checked_round(double rounded) {
  if (std::isinf(rounded)) fail(ErrorKind::overflow, "the rounded value is too large");
  return rounded;
}

}  // namespace

std::optional<double> read_decimal(std::string_view text) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  double number = 0;
  if (text.empty() || !(is_digit(text[0]) || (text[0] == '.' && text.size() > 1))) return std::nullopt;
  const auto [stop, error] = std::from_chars(begin, end, number, std::chars_format::general);
  if (stop == end && error == std::errc()) return number;
  if (stop == end && error == std::errc::result_out_of_range)
    return is_huge(text) ? std::numeric_limits<double>::infinity() : 0.0;
  if (text.find('_') == std::string_view::npos) return std::nullopt;
  const auto plain = without_underscores(text);
  return plain ? read_decimal(*plain) : std::nullopt;
}

double real_of_text(std::string_view text) {
  std::string_view number = trimmed(text);
  const bool negative = !number.empty() && number.front() == '-';
  if (!number.empty() && (number.front() == '-' || number.front() == '+')) number.remove_prefix(1);
  std::optional<double> result;
  if (equal_ignoring_case(number, "inf") || equal_ignoring_case(number, "infinity"))
    result = std::numeric_limits<double>::infinity();
  else if (equal_ignoring_case(number, "nan"))
    result = std::numeric_limits<double>::quiet_NaN();
  else
    result = read_decimal(number);
  if (!result) fail(ErrorKind::value, fmt::format("'{}' is not a real number", printable(std::string(text))));
  return negative ? -*result : *result;
}

std::optional<std::uint64_t> read_digits(std::string_view text, int base) {
  std::uint64_t number = 0;
  bool digit_before = false;
  for (const char c : text) {
    if (c == '_' && digit_before) {
      digit_before = false;
      continue;
    }
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : 99;
    if (digit >= base) return std::nullopt;
    digit_before = true;
    constexpr std::uint64_t limit = std::uint64_t{1} << 63;
    if (number > (limit - static_cast<std::uint64_t>(digit)) / static_cast<std::uint64_t>(base))
      fail(ErrorKind::overflow,
           fmt::format("the whole number {} is too large (64 bits); write it as a real number, as in 1e20",
                       printable(std::string(text.substr(0, 100)))));
    number = number * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit);
  }
  if (!digit_before) return std::nullopt;
  return number;
}

std::int64_t whole_of_text(std::string_view text) {
  std::string_view digits = trimmed(text);
  const bool negative = !digits.empty() && digits.front() == '-';
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) digits.remove_prefix(1);
  const auto number = read_digits(digits, 10);
  if (!number) fail(ErrorKind::value, fmt::format("'{}' is not a whole number", printable(std::string(text))));
  if (!negative && *number >> 63) fail(ErrorKind::overflow, "the whole number is too large (64 bits)");
  return static_cast<std::int64_t>(negative ? 0 - *number : *number);
}

std::int64_t truncate(double number) {
  if (std::isnan(number)) fail(ErrorKind::value, "NaN cannot become a whole number");
  if (std::isinf(number)) fail(ErrorKind::overflow, "infinity cannot become a whole number");
  if (number >= 0x1p63 || number < -0x1p63)
    fail(ErrorKind::overflow, "the real number is too large for a whole number (64 bits)");
  return static_cast<std::int64_t>(number);
}

std::string text_of_real(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  const double magnitude = std::fabs(number);
  std::array<char, 40> buffer;
  const bool scientific = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format).ptr;
  std::string text(buffer.data(), end);
  if (!scientific && text.find('.') == std::string::npos) text += ".0";
  return text;
}

Datum round_number(const Datum& number) {
  if (number.is_whole()) return Datum::of(number.integer);
  const double real = number.real;
  double rounded = std::round(real);
  if (std::fabs(real - rounded) == 0.5) rounded = 2.0 * std::round(real / 2.0);
  return Datum::of(truncate(rounded));
}

Datum round_number(const Datum& number, std::int64_t digits) {
  if (number.is_whole()) {
    if (digits >= 0) return Datum::of(number.integer);
    if (digits < -19) return Datum::of(std::int64_t{0});
    __extension__ using Wide = __int128;
    Wide unit = 1;
    for (std::int64_t i = digits; i < 0; ++i) unit *= 10;
    const Wide value = number.integer;
    Wide below = value / unit * unit;
    if (below > value) below -= unit;
    const Wide twice = 2 * (value - below);
    if (twice > unit || (twice == unit && (below / unit) % 2 != 0)) below += unit;
    if (below > std::numeric_limits<std::int64_t>::max() || below < std::numeric_limits<std::int64_t>::min())
      fail(ErrorKind::overflow, "the rounded whole number is too large (64 bits)");
    return Datum::of(static_cast<std::int64_t>(below));
  }
  const double real = number.real;
  if (!std::isfinite(real) || real == 0 || digits > 323) return number;
  if (digits < -308) return Datum::of(0.0 * real);
  double rounded;
  if (digits >= 0) {
    std::array<char, 700> buffer;  // sign, 309 digits, a point and 323 more
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(real),
                                   std::chars_format::fixed, static_cast<int>(digits))
                         .ptr;
    rounded = *read_decimal({buffer.data(), static_cast<std::size_t>(end - buffer.data())});
  } else {
    rounded = checked_round(*read_decimal(half_even_at_power_of_ten(std::fabs(real), static_cast<int>(-digits))));
  }
  return Datum::of(std::copysign(rounded, real));
}

}  // namespace entente::expression
