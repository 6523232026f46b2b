// SPDX-License-Identifier: MIT
// GrowingArray: a vector of plain items that grows without a second copy of itself in memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace entente {

/// Items of a trivially copyable type, contiguous, appended at the end.
///
/// Grows with `realloc`, which moves large blocks by remapping their pages, and never touches what is not yet used.
/// So the resident peak of a long build stays near the final size, where std::vector would hold two copies.
template <class T>
class GrowingArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  GrowingArray() = default;
  GrowingArray(GrowingArray&& other) noexcept { swap(other); }
  GrowingArray& operator=(GrowingArray&& other) noexcept {
    swap(other);
    return *this;
  }
  ~GrowingArray() { std::free(items_); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return items_; }
  const T* data() const { return items_; }
  T& operator[](std::size_t index) { return items_[index]; }
  const T& operator[](std::size_t index) const { return items_[index]; }
  const T& back() const { return items_[size_ - 1]; }
  std::span<const T> part(std::size_t first, std::size_t count) const { return {items_ + first, count}; }

  void push_back(T item) {
    if (size_ == capacity_) grow(size_ + 1);
    items_[size_++] = item;
  }
  void append(std::span<const T> items) {
    if (items.empty()) return;
    if (items.size() > capacity_ - size_) grow(size_ + items.size());
    std::memcpy(static_cast<void*>(items_ + size_), items.data(), items.size_bytes());
    size_ += items.size();
  }
  /// Makes the array `size` long; new items are `item`.
  void resize(std::size_t size, T item) {
    if (size > capacity_) grow(size);
    if (size > size_) std::fill(items_ + size_, items_ + size, item);
    size_ = size;
  }
  /// Makes the array `count` items longer and returns the new, unset ones.
  std::span<T> extend(std::size_t count) {
    if (count > capacity_ - size_) grow(size_ + count);
    size_ += count;
    return {items_ + size_ - count, count};
  }
  void shrink(std::size_t size) { size_ = std::min(size, size_); }
  void reserve(std::size_t capacity) {
    if (capacity > capacity_) reallocate(capacity);
  }
  /// Gives back what is not used.
  void trim() {
    if (size_ < capacity_) reallocate(size_);
  }

 private:
  void swap(GrowingArray& other) {
    std::swap(items_, other.items_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  void grow(std::size_t needed) { reallocate(std::max(needed, std::max<std::size_t>(16, capacity_ * 2))); }
  void reallocate(std::size_t capacity) {
    if (capacity == 0) {
      std::free(std::exchange(items_, nullptr));
      capacity_ = 0;
      return;
    }
    if (capacity > static_cast<std::size_t>(-1) / 2 / sizeof(T)) throw std::bad_alloc();
    void* moved = std::realloc(static_cast<void*>(items_), capacity * sizeof(T));
    if (!moved) throw std::bad_alloc();
    items_ = static_cast<T*>(moved);
    capacity_ = capacity;
  }

  T* items_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace entente
