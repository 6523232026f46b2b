// SPDX-License-Identifier: MIT
// Trail: numbers that can be set back to what they were at an earlier level; CellStack: memory given back by level.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernel/exact/soft_kernels.hpp"

namespace entente {

/// Rows of numbers in blocks of 8. A block is saved when it is touched for the first time at a level.
class Trail {
 public:
  static constexpr std::uint32_t block = kernel::soft_block;

  /// Makes a row of `size` numbers, which is 0 and lasts until the present level is popped. `size` is a multiple of 8.
  std::uint32_t add(std::uint32_t size) {
    const auto at = static_cast<std::uint32_t>(cells_.size());
    cells_.resize(cells_.size() + size, 0);
    stamps_.resize(cells_.size() / block, epoch());
    return at;
  }
  double* cells(std::uint32_t at) { return cells_.data() + at; }
  const double* cells(std::uint32_t at) const { return cells_.data() + at; }

  /// To be called before any of a row's numbers change.
  void touch(std::uint32_t at, std::uint32_t size) {
    if (levels_.empty()) return;
    const std::uint32_t now = epoch();
    for (std::uint32_t b = at / block; b < (at + size) / block; ++b) {
      if (stamps_[b] == now) continue;
      stamps_[b] = now;
      saved_.push_back({b, {}});
      std::copy_n(cells_.data() + std::size_t(b) * block, block, saved_.back().cells);
    }
  }

  void push() {
    if (++last_epoch_ == 0) {  // after 2^32 levels: no stamp may look like a coming one
      std::fill(stamps_.begin(), stamps_.end(), 0);
      last_epoch_ = 1;
    }
    levels_.push_back({saved_.size(), cells_.size(), last_epoch_});
  }
  void pop() {
    const Level level = levels_.back();
    while (saved_.size() > level.saved) {
      std::copy_n(saved_.back().cells, block, cells_.data() + std::size_t(saved_.back().block) * block);
      saved_.pop_back();
    }
    cells_.resize(level.cells);
    stamps_.resize(level.cells / block);
    levels_.pop_back();
  }

  std::uint64_t bytes() const { return cells_.capacity() * 8 + saved_.capacity() * sizeof(Saved); }

 private:
  struct Saved {
    std::uint32_t block;
    double cells[kernel::soft_block];
  };
  struct Level {
    std::size_t saved, cells;
    std::uint32_t epoch;
  };
  std::uint32_t epoch() const { return levels_.empty() ? 0 : levels_.back().epoch; }

  std::vector<double> cells_;
  std::vector<std::uint32_t> stamps_;
  std::vector<Saved> saved_;
  std::vector<Level> levels_;
  std::uint32_t last_epoch_ = 0;
};

/// Memory that is taken piece by piece and given back all at once.
class CellStack {
 public:
  struct Mark {
    std::size_t chunk, used;
  };

  Mark mark() const { return at_; }
  void release(const Mark& mark) { at_ = mark; }
  /// Bytes that `take(cells)` would add to what is held.
  std::uint64_t growth(std::size_t cells) const { return fits(cells) ? 0 : std::max(cells, least) * sizeof(double); }
  /// Returns `cells` zeros.
  double* take(std::size_t cells) {
    while (at_.chunk < chunks_.size() && at_.used + cells > chunks_[at_.chunk].size) at_ = {at_.chunk + 1, 0};
    if (at_.chunk == chunks_.size()) {
      const std::size_t size = std::max(cells, least);
      chunks_.push_back({std::make_unique_for_overwrite<double[]>(size), size});
      bytes_ += size * sizeof(double);
    }
    double* const result = chunks_[at_.chunk].cells.get() + at_.used;
    at_.used += cells;
    std::fill_n(result, cells, 0.0);
    return result;
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Chunk {
    std::unique_ptr<double[]> cells;
    std::size_t size;
  };
  static constexpr std::size_t least = std::size_t(1) << 14;

  bool fits(std::size_t cells) const {
    for (std::size_t c = at_.chunk, used = at_.used; c < chunks_.size(); ++c, used = 0)
      if (used + cells <= chunks_[c].size) return true;
    return false;
  }

  std::vector<Chunk> chunks_;
  Mark at_{0, 0};
  std::uint64_t bytes_ = 0;
};

}  // namespace entente
