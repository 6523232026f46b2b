// SPDX-License-Identifier: MIT
// Turns a syntax tree into bytecode.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "expression/code.hpp"
#include "expression/library.hpp"
#include "expression/syntax.hpp"
#include "expression/workspace.hpp"

namespace entente::expression {

/// Where a tree stands and what it may refer to.
struct Surroundings {
  const SourceText& source;
  Workspace& storage;       ///< Owns the lists among the constants.
  const Library* library;   ///< May be null.
  bool in_library = false;  ///< The library's own names need no prefix, and no other names are free.
};

struct Compiled {
  Code code;
  std::vector<std::string> names;  ///< The arguments in order: the parameters, or else the free names.
};

/// Compiles `tree`; `parameters` are the symbols that come first as arguments.
/// Errors  Error with place for unknown functions and names, wrong counts of arguments, missing library members.
Compiled compile_tree(const Tree& tree, const Surroundings& surroundings,
                      std::span<const std::uint32_t> parameters = {});

}  // namespace entente::expression
