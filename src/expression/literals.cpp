// SPDX-License-Identifier: MIT
#include "expression/literals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "expression/conversion.hpp"

namespace entente::expression {
namespace {

constexpr std::uint64_t smallest_magnitude = std::uint64_t{1} << 63;

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '_'; });
}

std::optional<std::uint64_t> read_whole(std::string_view text) {
  if (text.size() > 2 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    const int base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
    if (base) return read_digits(text.substr(text[2] == '_' ? 3 : 2), base);
  }
  if (!is_digits(text)) return std::nullopt;
  const auto number = read_digits(text, 10);
  const bool leading_zero = text.size() > 1 && text[0] == '0' && number && *number != 0;
  return leading_zero ? std::nullopt : number;
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xe0 | code >> 12);
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xf0 | code >> 18);
    tail(12), tail(6), tail(0);
  }
}

/// The character that an escape means; `at` stands behind the backslash and is moved to its last byte.
void append_escape(const SourceText& source, std::size_t offset, std::string_view body, std::size_t& at,
                   std::string& text) {
  constexpr std::string_view letters = "\\'\"abfnrtv", meanings = "\\'\"\a\b\f\n\r\t\v";
  const char letter = body[at];
  if (letter == '\n') return;
  if (const auto found = letters.find(letter); found != std::string_view::npos) {
    text += meanings[found];
    return;
  }
  const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  const std::string_view code_text = body.substr(at + 1, digits);
  const auto code = digits && code_text.size() == digits && code_text.find('_') == std::string_view::npos
                        ? read_digits(code_text, 16)
                        : std::nullopt;
  if (!code || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
    source.refuse(offset, fmt::format("the escape `\\{}` is not supported; write `\\\\` for a backslash",
                                      printable(std::string(1, letter))));
  append_utf8(text, static_cast<std::uint32_t>(*code));
  at += digits;
}

}  // namespace

Datum read_number(const SourceText& source, std::size_t offset, std::string_view text) {
  try {
    if (const auto whole = read_whole(text)) {
      if (*whole >= smallest_magnitude)
        source.refuse(offset, "the whole number is too large (64 bits); write it as a real number, as in 1e20",
                      ErrorCode::too_large);
      return Datum::of(static_cast<std::int64_t>(*whole));
    }
  } catch (const Failure& failure) {
    source.refuse(offset, failure.message, ErrorCode::too_large);
  }
  if (text.find_first_of(".eE") != std::string_view::npos)
    if (const auto real = read_decimal(text)) return Datum::of(*real);
  source.refuse(offset, fmt::format("`{}` is not a number", printable(std::string(text.substr(0, 80)))));
}

bool read_smallest_magnitude(std::string_view text) {
  if (text.size() < 16 || text.size() > 80) return false;
  try {
    return read_whole(text) == smallest_magnitude;
  } catch (const Failure&) {
    return false;
  }
}

std::string_view read_string(const SourceText& source, std::size_t offset, std::string_view quoted,
                             Workspace& storage) {
  const std::size_t quotes = quoted.size() >= 6 && quoted[1] == quoted[0] && quoted[2] == quoted[0] ? 3 : 1;
  const std::string_view body = quoted.substr(quotes, quoted.size() - 2 * quotes);
  if (body.find('\\') == std::string_view::npos) return body;
  std::string text;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '\\')
      append_escape(source, offset, body, ++i, text);
    else
      text += body[i];
  }
  char* place = storage.text(text.size());
  text.copy(place, text.size());
  return {place, text.size()};
}

}  // namespace entente::expression
