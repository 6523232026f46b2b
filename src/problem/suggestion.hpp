// SPDX-License-Identifier: MIT
// Suggestions: "did you mean …" for names that do not exist.
#pragma once

#include <string>
#include <string_view>

namespace entente {

/// Collects candidates and keeps the one that is nearest to a misspelt name.
///
/// Near means an edit distance (insert, delete, replace, swap neighbours) of at most a third of the name's length, and
/// at least one. Ties go to the first candidate.
/// Cost  O(length of name * length of candidate) for candidates of similar length, else O(1).
class Suggestion {
 public:
  explicit Suggestion(std::string_view name);
  void consider(std::string_view candidate);
  /// `; did you mean 'colors'?`, or nothing.
  std::string text() const;
  bool found() const { return !best_.empty(); }

 private:
  std::string name_, best_;
  std::size_t distance_;
};

}  // namespace entente
