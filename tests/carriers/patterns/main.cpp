// SPDX-License-Identifier: MIT
// Runs every pattern once; exit 1 if one did something else than it says.
#include <cstdio>

#include "carriers/patterns/patterns.hpp"

int main() {
  int failures = 0;
  for (const entente::patterns::Pattern& pattern : entente::patterns::all) {
    const std::string got = entente::patterns::led_by(pattern.lead);
    if (got == pattern.expected) continue;
    std::fprintf(stderr, "%s: %s, expected %s\n", pattern.name, got.c_str(), pattern.expected);
    ++failures;
  }
  return failures > 0;
}
