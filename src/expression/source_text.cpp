// SPDX-License-Identifier: MIT
#include "expression/source_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace entente::expression {
namespace {

bool begins_character(char c) { return (c & 0xc0) != 0x80; }

}  // namespace

Place SourceText::place(std::size_t offset) const {
  const std::string_view before = std::string_view(text).substr(0, offset);
  const auto line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto column =
      std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(), begins_character);
  Place place = where;
  place.line = std::max(where.line, 1u) + static_cast<std::uint32_t>(lines);
  place.column = std::max(where.column, 1u) + static_cast<std::uint32_t>(column);
  return place;
}

std::string SourceText::excerpt(std::size_t offset) const {
  constexpr std::size_t before = 30, shown = 60;
  offset = std::min(offset, text.size());
  auto begin = text.rfind('\n', offset == 0 ? 0 : offset - 1);
  begin = begin == std::string::npos || begin >= offset ? 0 : begin + 1;
  const auto end = std::min(text.find('\n', offset), text.size());
  std::string start;
  if (offset - begin > before) {
    begin = offset - before;
    while (begin < offset && !begins_character(text[begin])) ++begin;
    start = "…";
  }
  std::string line = text.substr(begin, std::min(end - begin, 4 * shown));
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.pop_back();
  return fmt::format("`{}{}`", start, printable(line, shown));
}

void SourceText::refuse(std::size_t offset, const std::string& message, ErrorCode code) const {
  throw Error(code, place(offset), fmt::format("{} in {}", message, excerpt(offset)));
}

}  // namespace entente::expression
