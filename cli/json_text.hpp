// SPDX-License-Identifier: MIT
// Pieces of JSON, appended to text: for results too large to build as a tree first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "entente/base/value.hpp"

namespace entente::cli {

/// Quoted and escaped; bytes that are not UTF-8 become U+FFFD.
void append_json(std::string& out, std::string_view text);
/// The shortest text that reads back as the same number, with `.0` when it is whole; `null` when it is not finite.
void append_json(std::string& out, double number);
void append_json(std::string& out, std::uint64_t number);
/// A value of a domain, with its type.
void append_json(std::string& out, const Value& value);

}  // namespace entente::cli
