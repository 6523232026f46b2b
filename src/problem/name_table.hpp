// SPDX-License-Identifier: MIT
// NameTable: the names of numbered things, in one pool, found by hashing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "entente/base/ids.hpp"
#include "problem/growing_array.hpp"

namespace entente {

/// Names of the items 0, 1, … in order of `add`. An item without a name of its own is called by a letter and its
/// number (`x12`); while nothing is named the table holds a counter only.
///
/// Cost  named: 8 bytes an item, its characters, and 4 to 11 for the hash slots.
class NameTable {
 public:
  explicit NameTable(char letter) : letter_(letter) {}

  std::uint32_t size() const { return size_; }
  void reserve(std::uint32_t names);
  /// Appends an item; false (and nothing appended) if the name is taken. An empty name asks for the automatic one.
  bool add(std::string_view name);
  std::string name(std::uint32_t item) const;
  std::optional<std::uint32_t> find(std::string_view name) const;
  /// An item whose given name is the automatic name of another: both would be called the same.
  std::optional<std::uint32_t> ambiguous() const;
  void trim();

 private:
  std::string_view given(std::uint32_t item) const;
  std::optional<std::uint32_t> automatic(std::string_view name) const;
  std::size_t slot_of(std::string_view name) const;
  void rehash();

  char letter_;
  std::uint32_t size_ = 0, named_ = 0;
  GrowingArray<char> characters_;
  GrowingArray<std::uint64_t> first_;  // size_ + 1 positions in characters_, once anything is named
  GrowingArray<std::uint32_t> slots_;  // open addressing, a power of two long, no_id where free
};

}  // namespace entente
