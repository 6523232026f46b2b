// SPDX-License-Identifier: MIT
// ValueLookup: the values of a domain, found by how they are written.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "entente/problem/problem.hpp"

namespace entente {

/// Finds values in O(1); made on first use, and without memory for a row of consecutive whole numbers.
class ValueLookup {
 public:
  explicit ValueLookup(const Domain& domain);

  /// The value written `text`, else `no_value`. Booleans are also found in Python's spelling, numbers in any.
  /// Between a text and another value that are written the same, a quoted text means the text.
  ValueIndex find(std::string_view text, bool quoted) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Map = std::unordered_map<std::string, ValueIndex, Hash, std::equal_to<>>;

  bool row_ = false;  // values are first_, first_ + 1, …
  std::int64_t first_ = 0;
  std::size_t size_ = 0;
  Map written_;  // everything
  Map texts_;    // texts that something else is written like
  const Domain* domain_;
};

}  // namespace entente
