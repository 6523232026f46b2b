// SPDX-License-Identifier: MIT
// Library: what a `source:` file offers to expressions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "expression/code.hpp"
#include "expression/expression.hpp"
#include "expression/workspace.hpp"

namespace entente::expression {

struct Definition {
  std::string name;
  std::uint32_t parameters = 0;
  std::vector<Datum> defaults;  ///< Of the last parameters.
  Code code;
};

struct Constant {
  std::string name;
  Datum value;  ///< Unbound until the file has been read so far.
};

class Library {
 public:
  Library(SourceText text, const Limits& limits);

  std::optional<std::uint32_t> find_definition(std::string_view name) const;
  std::optional<std::uint32_t> find_constant(std::string_view name) const;
  /// What it offers, for messages.
  std::string offers() const;

  SourceText source;
  std::uint64_t id;  ///< Differs between all libraries of a process.
  std::vector<Definition> definitions;
  std::vector<Constant> constants;
  std::unordered_map<std::string, std::uint32_t> definition_of;
  std::unordered_map<std::string, std::uint32_t> constant_of;
  Workspace storage;  ///< Owns the texts and lists of the constants.
};

/// What the storage of a program or library may take up: many texts, each within `limits`.
Limits storage_limits(Limits limits);

/// Copies `datum` with all it refers to into `storage`.
Datum copy_into(Workspace& storage, const Datum& datum);

}  // namespace entente::expression
