// SPDX-License-Identifier: MIT
#include "problem/formats/yaml_scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>

namespace entente {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, text) != list.end();
}

/// The whole number in `digits` of the given base; beyond 64 bits as a real number.
CoreScalar whole(std::string_view digits, int base, bool negative) {
  std::uint64_t magnitude = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  const std::uint64_t most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  if (failure == std::errc() && magnitude <= most)
    return {ScalarKind::integer, static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude)};
  double number = 0;
  for (const char c : digits) number = number * base + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  return {ScalarKind::large_integer, negative ? -number : number};
}

/// Decimal notation with a point or an exponent; `text` was checked. Too large becomes infinite, too small zero.
double decimal(std::string_view text, bool negative) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc::result_out_of_range)
    number = text.find("e-") == std::string_view::npos && text.find("E-") == std::string_view::npos
                 ? std::numeric_limits<double>::infinity()
                 : 0.0;
  return negative ? -number : number;
}

/// The character at the start of `rest` if YAML takes it for a line break or does not allow it as it is, else 0.
std::uint32_t unprintable(std::string_view rest) {
  const auto byte = [&](std::size_t i) { return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0u; };
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0) return byte(1);  // C1 controls
  if (byte(0) == 0xe2 && byte(1) == 0x80 && (byte(2) == 0xa8 || byte(2) == 0xa9))
    return 0x1f80 + byte(2);                                                           // separators
  if (byte(0) == 0xef && byte(1) == 0xbb && byte(2) == 0xbf) return 0xfeff;            // byte order mark
  if (byte(0) == 0xef && byte(1) == 0xbf && byte(2) >= 0xbe) return 0xff40 + byte(2);  // no characters
  return 0;
}

}  // namespace

double CoreScalar::number() const {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  return std::get<double>(value);
}

CoreScalar resolve_core(std::string_view text) {
  const auto as_text = [&] { return CoreScalar{ScalarKind::text, std::string(text)}; };
  if (text.empty()) return {ScalarKind::null, std::string()};
  const char first = text[0];
  if (!is_digit(first) && std::string_view("+-.~nNtTfF").find(first) == std::string_view::npos) return as_text();
  if (one_of(text, {"~", "null", "Null", "NULL"})) return {ScalarKind::null, std::string()};
  if (one_of(text, {"true", "True", "TRUE"})) return {ScalarKind::boolean, true};
  if (one_of(text, {"false", "False", "FALSE"})) return {ScalarKind::boolean, false};
  if (one_of(text, {".nan", ".NaN", ".NAN"})) return {ScalarKind::real, std::numeric_limits<double>::quiet_NaN()};

  const bool negative = first == '-';
  const std::string_view body = first == '-' || first == '+' ? text.substr(1) : text;
  if (one_of(body, {".inf", ".Inf", ".INF"})) {
    const double infinite = std::numeric_limits<double>::infinity();
    return {ScalarKind::real, negative ? -infinite : infinite};
  }
  if (text.size() > 2 && first == '0' && (text[1] == 'x' || text[1] == 'o')) {
    const bool hex = text[1] == 'x';
    const bool valid = text.find_first_not_of(hex ? "0123456789abcdefABCDEF" : "01234567", 2) == std::string_view::npos;
    return valid ? whole(text.substr(2), hex ? 16 : 8, false) : as_text();
  }
  std::size_t at = 0;
  const auto skip_digits = [&] {
    const std::size_t from = at;
    while (at < body.size() && is_digit(body[at])) ++at;
    return at - from;
  };
  std::size_t digits = skip_digits();
  if (digits > 0 && at == body.size()) return whole(body, 10, negative);
  if (at < body.size() && body[at] == '.') ++at, digits += skip_digits();
  if (digits == 0) return as_text();
  if (at < body.size() && (body[at] == 'e' || body[at] == 'E')) {
    ++at;
    if (at < body.size() && (body[at] == '+' || body[at] == '-')) ++at;
    if (skip_digits() == 0) return as_text();
  }
  if (at != body.size()) return as_text();
  return {ScalarKind::real, decimal(body, negative)};
}

bool is_older_boolean(std::string_view text) {
  return one_of(text, {"yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"});
}

std::string yaml_text(std::string_view text) {
  const auto plain_start = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto plain = [&](char c) { return plain_start(c) || is_digit(c) || c == '-' || c == '.'; };
  if (!text.empty() && plain_start(text[0]) && std::ranges::all_of(text, plain) && !is_older_boolean(text) &&
      resolve_core(text).kind == ScalarKind::text)
    return std::string(text);
  std::string quoted = "\"";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (text[at] == '"' || text[at] == '\\') {
      quoted += {'\\', text[at]};
    } else if (text[at] == '\n') {
      quoted += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else if (const std::uint32_t code = unprintable(text.substr(at)); code != 0) {
      quoted += fmt::format("\\u{:04x}", code);
      at += byte == 0xc2 ? 1 : 2;
    } else {
      quoted += text[at];
    }
  }
  return quoted + '"';
}

std::string yaml_flow_key(std::string_view scalar) {
  // YAML gives a key without a sign at most 1024 characters.
  return scalar.size() < 1000 ? fmt::format("{}: ", scalar) : fmt::format("? {} : ", scalar);
}

std::string yaml_value(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? yaml_text(*text) : to_text(value);
}

std::string yaml_number(double number) {
  if (!std::isfinite(number)) return to_text(number);
  return fmt::format("{}", number);
}

}  // namespace entente
