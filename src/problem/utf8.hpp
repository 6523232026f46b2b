// SPDX-License-Identifier: MIT
// UTF-8: which bytes are characters, and which characters a terminal would obey.
#pragma once

#include <cstdint>
#include <string_view>

namespace entente {

/// Bytes of the well-formed UTF-8 character at the start of `rest` (not empty), 0 if there is none. `code` receives it.
std::size_t character_length(std::string_view rest, std::uint32_t& code);

/// Whether a character is a control character other than tab, line feed, carriage return and next line.
bool is_control(std::uint32_t code);

/// Whether `text` is well-formed UTF-8.
bool is_utf8(std::string_view text);

}  // namespace entente
