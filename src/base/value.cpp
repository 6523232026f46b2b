// SPDX-License-Identifier: MIT
#include "entente/base/value.hpp"

#include <fmt/format.h>

#include <cmath>

namespace entente {
namespace {

std::string real_text(double number) {
  if (std::isnan(number)) return ".nan";
  if (std::isinf(number)) return number > 0 ? ".inf" : "-.inf";
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

double number_of(const Value& value) {
  if (const auto* b = std::get_if<bool>(&value)) return *b ? 1.0 : 0.0;
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  return std::get<double>(value);
}

}  // namespace

std::string to_text(const Value& value) {
  if (const auto* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
  if (const auto* i = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *i);
  if (const auto* d = std::get_if<double>(&value)) return real_text(*d);
  return std::get<std::string>(value);
}

bool same_value(const Value& left, const Value& right) {
  const auto* a = std::get_if<std::string>(&left);
  const auto* b = std::get_if<std::string>(&right);
  if (a || b) return a && b && *a == *b;
  if (const auto* i = std::get_if<std::int64_t>(&left), *j = std::get_if<std::int64_t>(&right); i && j) return *i == *j;
  return number_of(left) == number_of(right);
}

}  // namespace entente
