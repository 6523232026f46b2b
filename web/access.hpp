// SPDX-License-Identifier: MIT
// Who may read a run over HTTP: programs of this machine, and pages that this server itself has delivered.
#pragma once

#include <string_view>

namespace entente::web {

/// Whether the Host header `host` names this machine itself: `localhost`, `127.0.0.1` or `[::1]`, with any port or
/// none (another port is what a tunnel looks like). Anything else comes from a page elsewhere whose name somebody let
/// point here (DNS rebinding).
bool is_own_host(std::string_view host);

/// Whether the Origin header `origin` is the page that `host`, which is_own_host, delivers.
bool is_own_origin(std::string_view origin, std::string_view host);

}  // namespace entente::web
