// SPDX-License-Identifier: MIT
// PositionSet: a set of small numbers from which the lowest and the highest are taken quickly.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace entente {

class PositionSet {
 public:
  PositionSet() = default;
  explicit PositionSet(std::size_t size) : words_((size + 63) / 64, 0) {}

  bool empty() const { return count_ == 0; }
  void insert(std::uint32_t i) {
    std::uint64_t& word = words_[i / 64];
    const std::uint64_t bit = std::uint64_t(1) << (i % 64);
    count_ += (word & bit) == 0;
    word |= bit;
  }
  void erase(std::uint32_t i) {
    std::uint64_t& word = words_[i / 64];
    const std::uint64_t bit = std::uint64_t(1) << (i % 64);
    count_ -= (word & bit) != 0;
    word &= ~bit;
  }
  /// Takes out the lowest or highest number; the set must not be empty. O(size / 64).
  std::uint32_t take_lowest() {
    std::size_t w = 0;
    while (words_[w] == 0) ++w;
    return take(w, static_cast<std::uint32_t>(std::countr_zero(words_[w])));
  }
  std::uint32_t take_highest() {
    std::size_t w = words_.size() - 1;
    while (words_[w] == 0) --w;
    return take(w, 63 - static_cast<std::uint32_t>(std::countl_zero(words_[w])));
  }
  void clear() {
    if (count_ == 0) return;
    for (std::uint64_t& word : words_) word = 0;
    count_ = 0;
  }

 private:
  std::uint32_t take(std::size_t word, std::uint32_t bit) {
    words_[word] &= ~(std::uint64_t(1) << bit);
    --count_;
    return static_cast<std::uint32_t>(word * 64) + bit;
  }

  std::vector<std::uint64_t> words_;
  std::size_t count_ = 0;
};

}  // namespace entente
