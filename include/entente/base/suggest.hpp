// SPDX-License-Identifier: MIT
// Suggestions: "did you mean …" for names that do not exist.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace entente {

/// Collects candidates and keeps the one that is nearest to a misspelt name.
///
/// Near means an edit distance (insert, delete, replace, swap neighbours; case counts for nothing) of at most a third
/// of the name's length, and at least one. Ties go to the first candidate. Names beyond 64 bytes have no near ones.
/// Cost  O(length of name * length of candidate) for candidates of similar length, else O(1).
class Suggestion {
 public:
  explicit Suggestion(std::string_view name);
  void consider(std::string_view candidate);
  bool found() const { return !best_.empty(); }
  const std::string& best() const { return best_; }
  /// `; did you mean 'colors'?`, or nothing.
  std::string text() const;

 private:
  std::string name_, best_;
  std::size_t distance_;
};

/// Returns ` (did you mean 'x'?)` for the candidate nearest to `name`, or nothing if none is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace entente
