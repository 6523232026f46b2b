// SPDX-License-Identifier: MIT
// Reading the certificate of a result.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "entente/kernel/certificate.hpp"

namespace entente::cli {

/// The certificate that `json`, a result or the certificate itself, holds; `file` is where it comes from.
///
/// Errors  throws Error{bad_input} if there is none, or one that is not as `entente solve` writes it.
Certificate read_certificate(const Problem& problem, const nlohmann::json& json, const std::string& file);

/// The bound that it says it proves; infinite where it says none.
double stated_bound(const nlohmann::json& json);

}  // namespace entente::cli
