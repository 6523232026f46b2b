// SPDX-License-Identifier: MIT
// ChoiceTable: the best own value for every combination of a separator's values, in as few bits as it takes.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "kernel/cost_table.hpp"

namespace entente {

/// What stands in for the inputs of a join-and-project step once they are given up: 1 to 32 bits a cell instead of 64
/// and more. Shape as the table of the same step.
class ChoiceTable {
 public:
  ChoiceTable() = default;
  /// Throws Error{too_large} before anything is allocated.
  ChoiceTable(const CostTable& shape, ValueIndex own_size, MemoryBudget& budget)
      : scope_(shape.scope().begin(), shape.scope().end()),
        sizes_(shape.sizes().begin(), shape.sizes().end()),
        bits_(bits_for(own_size)),
        reserved_(budget.reserve(bytes(cell_count(sizes_), own_size), sizes_.size())),
        words_(reserved_.bytes() / sizeof(std::uint64_t)) {}

  /// Bytes for so many cells, whole 8-byte words.
  static std::uint64_t bytes(std::uint64_t cells, ValueIndex own_size) {
    const std::uint64_t per_word = 64 / bits_for(own_size);
    return (cells / per_word + (cells % per_word != 0)) * sizeof(std::uint64_t);
  }

  std::span<const VariableId> scope() const { return scope_; }
  std::span<const ValueIndex> sizes() const { return sizes_; }

  ValueIndex get(std::uint64_t cell) const {
    const std::uint64_t per_word = 64 / bits_;
    const std::uint64_t mask = (std::uint64_t(1) << bits_) - 1;
    return static_cast<ValueIndex>(words_[cell / per_word] >> (cell % per_word * bits_) & mask);
  }
  void set(std::uint64_t cell, ValueIndex value) {
    const std::uint64_t per_word = 64 / bits_, shift = cell % per_word * bits_;
    const std::uint64_t mask = (std::uint64_t(1) << bits_) - 1;
    std::uint64_t& word = words_[cell / per_word];
    word = (word & ~(mask << shift)) | static_cast<std::uint64_t>(value) << shift;
  }

 private:
  /// A power of two from 1 to 32, so that no entry straddles two words.
  static std::uint64_t bits_for(ValueIndex own_size) {
    const auto needed = static_cast<std::uint64_t>(std::bit_width(static_cast<std::uint32_t>(own_size - 1)));
    return std::bit_ceil(needed > 0 ? needed : 1);
  }

  std::vector<VariableId> scope_;
  std::vector<ValueIndex> sizes_;
  std::uint64_t bits_ = 1;
  Reservation reserved_;
  std::vector<std::uint64_t> words_;
};

}  // namespace entente
