// SPDX-License-Identifier: MIT
#include "entente/base/array.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace entente::detail {
namespace {

// Below this, huge pages cost more to touch for the first time than they save.
constexpr std::size_t large = std::size_t(1) << 22;
constexpr std::size_t page = std::size_t(1) << 21;
constexpr std::size_t slack = 128;  // kernels may read a vector beyond the last item

}  // namespace

void* reserve_pages(std::size_t bytes) {
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
  if (bytes < large) {
    const std::size_t size = (bytes + slack + 63) / 64 * 64;
    void* pages = std::aligned_alloc(64, size);
    if (!pages) throw std::bad_alloc();
    return std::memset(pages, 0, size);
  }
  const std::size_t size = (bytes + slack + page - 1) / page * page;
  void* raw = mmap(nullptr, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (raw == MAP_FAILED) throw std::bad_alloc();
  auto* begin = static_cast<char*>(raw);
  const std::size_t head = (page - reinterpret_cast<std::uintptr_t>(begin) % page) % page;
  if (head) munmap(begin, head);
  if (head != page) munmap(begin + head + size, page - head);
  madvise(begin + head, size, MADV_HUGEPAGE);
  return begin + head;
}

void release_pages(void* pages, std::size_t bytes) noexcept {
  if (bytes < large)
    std::free(pages);
  else
    munmap(pages, (bytes + slack + page - 1) / page * page);
}

}  // namespace entente::detail
