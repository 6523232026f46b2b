// SPDX-License-Identifier: MIT
#include "entente/base/error.hpp"

#include <fmt/format.h>

namespace entente {

std::string Place::to_text() const {
  std::string text = file;
  if (line) {
    if (!text.empty()) text += ':';
    text += file.empty() ? fmt::format("line {}", line) : fmt::format("{}", line);
    if (column) text += file.empty() ? fmt::format(" column {}", column) : fmt::format(":{}", column);
  }
  if (!key.empty()) text += (text.empty() ? "" : ": ") + printable(key, 120);
  return text;
}

Error::Error(ErrorCode code, const Place& place, const std::string& message)
    : Error(code, place.to_text().empty() ? message : place.to_text() + ": " + message) {}

std::string printable(const std::string& text, std::size_t limit) {
  std::string out;
  for (const char raw : text) {
    const auto c = static_cast<unsigned char>(raw);
    if (out.size() >= limit) {
      while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80) out.pop_back();
      return out + "…";
    }
    if (c < 0x20 || c == 0x7f)
      out += fmt::format("\\x{:02x}", c);
    else
      out += raw;
  }
  return out;
}

}  // namespace entente
