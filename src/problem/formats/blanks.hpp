// SPDX-License-Identifier: MIT
// Blanks around and between the words of a scalar.
#pragma once

#include <string_view>

namespace entente {

inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// `text` without blanks at its ends.
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace entente
