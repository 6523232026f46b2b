// SPDX-License-Identifier: MIT
// Numbers and quoted texts as they are written in a source text.
#pragma once

#include <string_view>

#include "expression/datum.hpp"
#include "expression/source_text.hpp"
#include "expression/workspace.hpp"

namespace entente::expression {

/// The number written as `text` at `offset` of `source`. Errors  Error with place.
Datum read_number(const SourceText& source, std::size_t offset, std::string_view text);

/// Whether `text` is 2^63, which only exists with a minus sign.
bool read_smallest_magnitude(std::string_view text);

/// The text quoted as `quoted`, escapes replaced; refers to `quoted` where it can, else to `storage`.
std::string_view read_string(const SourceText& source, std::size_t offset, std::string_view quoted, Workspace& storage);

}  // namespace entente::expression
