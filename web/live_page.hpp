// SPDX-License-Identifier: MIT
// The page that a browser shows of a run.
#pragma once

#include <string_view>

namespace entente::web {

/// HTML with its style and script; asks nobody but its own server for anything.
std::string_view live_page();

/// What the page may do, as a Content-Security-Policy.
std::string_view live_page_policy();

}  // namespace entente::web
