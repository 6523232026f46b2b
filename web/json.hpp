// SPDX-License-Identifier: MIT
// Pieces of JSON that all texts for clients are made of.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "entente/base/value.hpp"

namespace entente::web {

/// In one line. Names come from files: what is not UTF-8 is replaced.
inline std::string text_of(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// A value of a domain, with its type.
inline nlohmann::json json_of(const Value& value) {
  return std::visit([](const auto& held) { return nlohmann::json(held); }, value);
}

}  // namespace entente::web
