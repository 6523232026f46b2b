// SPDX-License-Identifier: MIT
// Array: a fixed number of plain items, zeroed, cache-line aligned, on huge pages when large.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace entente {

namespace detail {
/// Zeroed memory for large flat arrays; throws std::bad_alloc. `release_pages` takes the same `bytes`.
void* reserve_pages(std::size_t bytes);
void release_pages(void* pages, std::size_t bytes) noexcept;
}  // namespace detail

/// Memory of `size` zeroed items of a trivially copyable type; never moves its items. Costs no memory for items that
/// are never touched.
template <class T>
requires std::is_trivially_copyable_v<T>
class Array {
 public:
  Array() = default;
  explicit Array(std::size_t size) : items_(static_cast<T*>(detail::reserve_pages(size * sizeof(T)))), size_(size) {}
  Array(Array&& other) noexcept : items_(std::exchange(other.items_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Array& operator=(Array&& other) noexcept {
    std::swap(items_, other.items_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Array() {
    if (items_) detail::release_pages(items_, size_ * sizeof(T));
  }

  T* data() const { return items_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t bytes() const { return size_ * sizeof(T); }
  T& operator[](std::size_t i) const { return items_[i]; }
  T* begin() const { return items_; }
  T* end() const { return items_ + size_; }

 private:
  T* items_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace entente
