// SPDX-License-Identifier: MIT
// Counts bytes against a limit, and finds out how many are free.
#include "kernel/memory_budget.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>

#include "entente/base/error.hpp"

namespace entente {
namespace {

constexpr std::uint64_t kibibyte = 1024, mebibyte = kibibyte * 1024, gibibyte = mebibyte * 1024;
constexpr std::uint64_t smallest_spare = mebibyte;  // smaller blocks are quick to get again

std::optional<std::uint64_t> number_in(const char* path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

std::optional<std::uint64_t> available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string key, unit;
  std::uint64_t number = 0;
  while (file >> key >> number) {
    if (key == "MemAvailable:") return number * kibibyte;
    std::getline(file, unit);
  }
  return std::nullopt;
}

}  // namespace

Reservation::~Reservation() {
  if (budget_ != nullptr) budget_->used_.fetch_sub(bytes_, std::memory_order_relaxed);
}

Reservation MemoryBudget::reserve(std::uint64_t bytes, std::uint64_t width) {
  std::uint64_t before = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit_ || before > limit_ - bytes)
      throw Error(ErrorCode::too_large,
                  fmt::format("a table over {} variables needs {}, but {} of the {} allowed for all tables are in use; "
                              "allow more memory (--memory), try another tree, or use a local method",
                              width, bytes_to_text(bytes), bytes_to_text(before), bytes_to_text(limit_)));
  } while (!used_.compare_exchange_weak(before, before + bytes, std::memory_order_relaxed));
  std::uint64_t peak = peak_.load(std::memory_order_relaxed);
  while (peak < before + bytes && !peak_.compare_exchange_weak(peak, before + bytes, std::memory_order_relaxed)) {
  }
  if (spare_bytes_.load(std::memory_order_relaxed) > limit_ - (before + bytes)) {
    const std::lock_guard lock(spares_lock_);
    free_spares_beyond(limit_ - (before + bytes));
  }
  return Reservation(this, bytes);
}

MemoryBudget::~MemoryBudget() { free_spares_beyond(0); }

void* MemoryBudget::take_spare(std::uint64_t bytes) {
  if (spare_bytes_.load(std::memory_order_relaxed) < bytes) return nullptr;
  const std::lock_guard lock(spares_lock_);
  const auto found = std::find_if(spares_.rbegin(), spares_.rend(), [&](const Spare& s) { return s.bytes == bytes; });
  if (found == spares_.rend()) return nullptr;
  void* const memory = found->memory;
  spares_.erase(std::next(found).base());
  spare_bytes_ -= bytes;
  return memory;
}

void MemoryBudget::give_spare(void* memory, std::uint64_t bytes) {
  if (bytes < smallest_spare || bytes > limit_) return std::free(memory);
  const std::lock_guard lock(spares_lock_);
  spares_.push_back({memory, bytes});
  spare_bytes_ += bytes;
  const std::uint64_t in_use = used();
  free_spares_beyond(limit_ - std::min(in_use, limit_));
}

void MemoryBudget::free_spares_beyond(std::uint64_t bytes) {
  auto next = spares_.begin();
  for (; next != spares_.end() && spare_bytes_ > bytes; ++next) {
    std::free(next->memory);
    spare_bytes_ -= next->bytes;
  }
  spares_.erase(spares_.begin(), next);
}

std::string bytes_to_text(std::uint64_t bytes) {
  if (bytes == std::numeric_limits<std::uint64_t>::max()) return "more than 2^64 bytes";
  for (const auto& [unit, name] : {std::pair{gibibyte, "GiB"}, {mebibyte, "MiB"}, {kibibyte, "KiB"}})
    if (bytes >= unit)
      return fmt::format("{:.1f} {} ({} bytes)", static_cast<double>(bytes) / static_cast<double>(unit), name, bytes);
  return fmt::format("{} bytes", bytes);
}

std::uint64_t half_of_free_memory() {
  std::optional<std::uint64_t> free = available_memory();
  const auto limit = number_in("/sys/fs/cgroup/memory.max"), current = number_in("/sys/fs/cgroup/memory.current");
  if (limit && current) {
    const std::uint64_t left = *limit > *current ? *limit - *current : 0;
    free = free ? std::min(*free, left) : left;
  }
  return free.value_or(2 * gibibyte) / 2;
}

}  // namespace entente
