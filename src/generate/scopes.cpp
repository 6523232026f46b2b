// SPDX-License-Identifier: MIT
// Numbered scopes and distinct draws.
#include "generate/scopes.hpp"

#include <algorithm>

namespace entente::generate {

std::uint64_t scope_count(std::uint32_t variables, std::uint32_t arity) {
  if (arity > variables) return 0;
  unsigned __int128 count = 1;
  for (std::uint32_t i = 1; i <= std::min(arity, variables - arity); ++i) {
    count = count * (variables - i + 1) / i;  // exact: a product of i successive numbers is divisible by i!
    if (count >= countless) return countless;
  }
  return static_cast<std::uint64_t>(count);
}

void scope_at(std::uint64_t rank, std::uint32_t variables, std::span<VariableId> scope) {
  const auto arity = static_cast<std::uint32_t>(scope.size());
  VariableId lowest = 0;
  for (std::uint32_t i = 0; i < arity; ++i) {
    const std::uint32_t rest = arity - i;
    // Scopes whose first variable is at least v number C(variables - v, rest): find the last v with enough of them.
    const std::uint64_t open = scope_count(variables - lowest, rest) - rank;  // how many start at rank, to the end
    VariableId low = lowest, high = variables - rest;
    while (low < high) {
      const VariableId middle = low + (high - low + 1) / 2;
      if (scope_count(variables - middle, rest) >= open) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    rank = scope_count(variables - low, rest) - open;
    scope[i] = low;
    lowest = low + 1;
  }
}

namespace {

/// The first `count` different numbers of an endless sequence of draws.
std::vector<std::uint64_t> draw_distinct(std::uint64_t count, std::uint64_t total, Random& random) {
  std::vector<std::uint64_t> numbers;
  numbers.reserve(count);
  while (numbers.size() < count) {
    const auto known = static_cast<std::ptrdiff_t>(numbers.size());
    for (std::uint64_t missing = count - numbers.size(); missing > 0; --missing) {
      numbers.push_back(random.below(total));
    }
    std::sort(numbers.begin() + known, numbers.end());
    std::inplace_merge(numbers.begin(), numbers.begin() + known, numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  }
  return numbers;
}

}  // namespace

std::vector<std::uint64_t> distinct_numbers(std::uint64_t count, std::uint64_t total, Random& random) {
  if (count <= total / 2) return draw_distinct(count, total, random);
  const std::vector<std::uint64_t> absent = draw_distinct(total - count, total, random);
  std::vector<std::uint64_t> numbers;
  numbers.reserve(count);
  auto next = absent.begin();
  for (std::uint64_t number = 0; number < total; ++number) {
    if (next != absent.end() && *next == number) {
      ++next;
    } else {
      numbers.push_back(number);
    }
  }
  return numbers;
}

}  // namespace entente::generate
