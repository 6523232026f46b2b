// SPDX-License-Identifier: MIT
// MemoryBudget: the bytes that all tables of one run may take together, asked for before they are taken.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace entente {

class MemoryBudget;

/// Bytes taken from a budget; given back when it ends. Must not outlive its budget.
class Reservation {
 public:
  Reservation() = default;
  Reservation(Reservation&& other) noexcept { *this = std::move(other); }
  Reservation& operator=(Reservation&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Reservation();

  std::uint64_t bytes() const { return bytes_; }

 private:
  friend class MemoryBudget;
  Reservation(MemoryBudget* budget, std::uint64_t bytes) : budget_(budget), bytes_(bytes) {}

  MemoryBudget* budget_ = nullptr;
  std::uint64_t bytes_ = 0;
};

/// A limit that several threads draw from. Keeps large blocks of memory that tables no longer need for those to come,
/// because fresh pages cost as much as filling them; together with what is in use they stay within the limit.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit_bytes) : limit_(limit_bytes) {}
  ~MemoryBudget();
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  std::uint64_t limit() const { return limit_; }
  std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  /// The most that was in use at one time.
  std::uint64_t peak() const { return peak_.load(std::memory_order_relaxed); }

  /// Takes `bytes` for a table over `width` variables. `bytes` may be 2^64-1: too large to count.
  ///
  /// Errors  throws Error{too_large}, which names width and bytes, if that would pass the limit.
  Reservation reserve(std::uint64_t bytes, std::uint64_t width);

  /// Returns a kept block of exactly `bytes` bytes, made by std::malloc or its kin, or null.
  void* take_spare(std::uint64_t bytes);
  /// Keeps or frees such a block, whose bytes are no longer reserved.
  void give_spare(void* memory, std::uint64_t bytes);

 private:
  friend class Reservation;

  struct Spare {
    void* memory;
    std::uint64_t bytes;
  };

  void free_spares_beyond(std::uint64_t bytes);  // with spares_lock_ held

  std::uint64_t limit_;
  std::atomic<std::uint64_t> used_{0}, peak_{0};
  std::mutex spares_lock_;
  std::vector<Spare> spares_;  // oldest first
  std::atomic<std::uint64_t> spare_bytes_{0};
};

/// `1.5 GiB (1610612736 bytes)`, for people.
std::string bytes_to_text(std::uint64_t bytes);

/// Returns half of the memory that is free now: the smaller of what the machine has available and what the control
/// group of this process leaves; 1 GiB where neither can be read.
std::uint64_t half_of_free_memory();

}  // namespace entente
