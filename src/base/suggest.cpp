// SPDX-License-Identifier: MIT
#include "entente/base/suggest.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "entente/base/error.hpp"

namespace entente {
namespace {

constexpr std::size_t longest = 64;  // longer names are not misspelt, they are something else

char folded(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Optimal string alignment distance of two texts of at most `longest` bytes; case counts for nothing.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::array<std::size_t, longest + 1>, 3> rows;
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto &above = rows[(i + 2) % 3], &above2 = rows[(i + 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = folded(a[i - 1]) == folded(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      const bool swapped =
          i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], above2[j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

Suggestion::Suggestion(std::string_view name)
    : name_(name.substr(0, longest + 1)), distance_(std::max<std::size_t>(1, name_.size() / 3) + 1) {}

void Suggestion::consider(std::string_view candidate) {
  if (name_.empty() || candidate.empty() || name_.size() > longest || candidate.size() > longest) return;
  const std::size_t difference =
      candidate.size() > name_.size() ? candidate.size() - name_.size() : name_.size() - candidate.size();
  if (difference >= distance_) return;
  if (const std::size_t found = distance(name_, candidate);
      found < distance_ && found < std::max(name_.size(), candidate.size())) {
    distance_ = found;
    best_ = candidate;
  }
}

std::string Suggestion::text() const { return found() ? "; did you mean '" + printable(best_) + "'?" : ""; }

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  Suggestion suggestion(name);
  for (const std::string& candidate : candidates) suggestion.consider(candidate);
  return suggestion.found() ? " (did you mean '" + printable(suggestion.best()) + "'?)" : "";
}

}  // namespace entente
