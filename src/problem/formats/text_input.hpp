// SPDX-License-Identifier: MIT
// Reading text files whole, with errors a person can act on.
#pragma once

#include <string>
#include <string_view>

namespace entente {

/// What messages call a file: its path, or `standard input` for `-`.
std::string input_name(const std::string& path);

/// The bytes of a file; `-` is standard input. Throws Error{bad_input} with the system's reason.
std::string read_text(const std::string& path);

/// `text` without a byte order mark, once it is known to be UTF-8 text without control characters.
/// Throws Error{bad_input} that names the line and byte of what is not. `file` stands for the text in messages.
std::string_view checked_utf8(std::string_view text, const std::string& file);

}  // namespace entente
