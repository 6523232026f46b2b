// SPDX-License-Identifier: MIT
// A source text with the place it came from: turns byte offsets into places and errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "entente/base/error.hpp"

namespace entente::expression {

struct SourceText {
  std::string text;
  Place where;  ///< Where the text begins; each of its lines begins at `where.column`.

  /// The place of the byte at `offset`; columns count characters.
  Place place(std::size_t offset) const;
  /// The part of the text to show with an error at `offset`: its line, shortened and printable, in backquotes.
  std::string excerpt(std::size_t offset) const;
  /// Throws an Error at `offset` whose message ends in the excerpt.
  [[noreturn]] void refuse(std::size_t offset, const std::string& message, ErrorCode code = ErrorCode::bad_input) const;
};

}  // namespace entente::expression
