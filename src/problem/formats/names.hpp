// SPDX-License-Identifier: MIT
// Which names the expression language can use.
#pragma once

#include <string_view>

namespace entente {

/// Whether `name` is a word of Python's grammar, such as `if`.
bool is_keyword(std::string_view name);
/// Whether an expression can use a variable of this name: an identifier of ASCII characters that is no keyword.
bool is_usable_name(std::string_view name);

}  // namespace entente
