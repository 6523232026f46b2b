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
        bit_shift_(static_cast<std::uint64_t>(std::countr_zero(bits_for(own_size)))),
        mask_((std::uint64_t(1) << bits_for(own_size)) - 1),
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
    return static_cast<ValueIndex>(words_[cell >> word_shift_] >> bit_of(cell) & mask_);
  }
  void set(std::uint64_t cell, ValueIndex value) { set_run(cell, {&value, 1}); }

  /// Sets neighbouring cells from `cell` on.
  void set_run(std::uint64_t cell, std::span<const ValueIndex> values) {
    const std::uint64_t mask = mask_, bits = std::uint64_t(1) << bit_shift_;
    const ValueIndex* next = values.data();
    const ValueIndex* const end = next + values.size();
    while (next != end) {  // a word at a time
      std::uint64_t& place = words_[cell >> word_shift_];
      std::uint64_t word = place;
      for (std::uint64_t bit = bit_of(cell); bit < 64 && next != end; bit += bits, ++cell)
        word = (word & ~(mask << bit)) | static_cast<std::uint64_t>(*next++) << bit;
      place = word;
    }
  }

 private:
  std::uint64_t bit_of(std::uint64_t cell) const {
    return (cell & ((std::uint64_t(1) << word_shift_) - 1)) << bit_shift_;
  }
  /// A power of two from 1 to 32, so that no entry straddles two words.
  static std::uint64_t bits_for(ValueIndex own_size) {
    const auto needed = static_cast<std::uint64_t>(std::bit_width(static_cast<std::uint32_t>(own_size - 1)));
    return std::bit_ceil(needed > 0 ? needed : 1);
  }

  std::vector<VariableId> scope_;
  std::vector<ValueIndex> sizes_;
  std::uint64_t bit_shift_ = 0, word_shift_ = 6 - bit_shift_;  // logarithms: bits an entry, entries a word
  std::uint64_t mask_ = 1;
  Reservation reserved_;
  std::vector<std::uint64_t> words_;
};

}  // namespace entente
