// SPDX-License-Identifier: MIT
// A message that holds one member of every kind, made from arbitrary bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace entente::samples {

enum class Colour : std::uint8_t { red, green };

struct Inner {
  std::int32_t a = 0;
  double b = 0;
  bool operator==(const Inner&) const = default;
};

struct Everything {
  std::vector<Inner> list;
  std::optional<std::pair<std::int16_t, std::string>> maybe;
  Colour colour = Colour::red;
  bool flag = false;
  std::array<float, 3> three{};
  std::vector<bool> bits;
  std::vector<std::vector<std::uint16_t>> nested;
  Inner inner;
  bool operator==(const Everything&) const = default;
};

/// Reads choices one after the other, 0 where they end.
inline Everything everything_from(const std::vector<std::uint8_t>& choices) {
  std::size_t at = 0;
  const auto next = [&] { return at < choices.size() ? choices[at++] : std::uint8_t(0); };
  Everything made;
  for (int i = next() % 5; i > 0; --i) made.list.push_back({next() - 128, next() / 7.0});
  if (next() % 2) made.maybe = {std::int16_t(next()), std::string(next() % 9u, char(next()))};
  made.colour = next() % 2 ? Colour::green : Colour::red;
  made.flag = next() % 2;
  for (float& one : made.three) one = float(next()) / 3;
  for (int i = next() % 12; i > 0; --i) made.bits.push_back(next() % 2);
  for (int i = next() % 4; i > 0; --i) made.nested.emplace_back(next() % 5u, next());
  made.inner = {next(), -1.0 * next()};
  return made;
}

}  // namespace entente::samples
