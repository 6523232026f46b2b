// SPDX-License-Identifier: MIT
// JSON of texts, numbers and values.
#include "json_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace entente::cli {
namespace {

/// Length of the UTF-8 sequence at `at`, or 0 when there is none (RFC 3629: no overlong forms, no surrogates).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned first = byte(at), second = byte(at + 1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(at + 1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool ok = !(first == 0xe0 && second < 0xa0) && !(first == 0xed && second > 0x9f);
    return ok && follows(at + 1) && follows(at + 2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool ok = !(first == 0xf0 && second < 0x90) && !(first == 0xf4 && second > 0x8f);
    return ok && follows(at + 1) && follows(at + 2) && follows(at + 3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const std::size_t length = sequence_length(text, i);
    if (length == 0) {
      out += "\\ufffd";
      ++i;
      continue;
    }
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    else
      out.append(text, i, length);
    i += length;
  }
  out += '"';
}

void append_json(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  const std::size_t before = out.size();
  fmt::format_to(std::back_inserter(out), "{}", number);
  if (out.find_first_of(".e", before) == std::string::npos) out += ".0";
}

void append_json(std::string& out, std::uint64_t number) { out += fmt::format_int(number).c_str(); }

void append_json(std::string& out, const Value& value) {
  if (const auto* b = std::get_if<bool>(&value))
    out += *b ? "true" : "false";
  else if (const auto* i = std::get_if<std::int64_t>(&value))
    out += fmt::format_int(*i).c_str();
  else if (const auto* d = std::get_if<double>(&value))
    append_json(out, *d);
  else
    append_json(out, std::string_view(std::get<std::string>(value)));
}

}  // namespace entente::cli
