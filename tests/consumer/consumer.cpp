// SPDX-License-Identifier: MIT
// What the smallest program of a library user looks like.
#include <iostream>

#include "entente/base/error.hpp"
#include "entente/base/value.hpp"

int main() {
  const entente::Error error(entente::ErrorCode::bad_input, entente::Place{"a.yaml", 2, 1, "x"}, "no such value");
  std::cout << entente::to_text(entente::Value{2.0}) << ' ' << error.what() << '\n';
}
