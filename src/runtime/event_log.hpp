// SPDX-License-Identifier: MIT
// Logs of messages: growing, walking and giving back the bytes behind Frame::logs.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "entente/algorithm/event_self.hpp"
#include "entente/algorithm/frame.hpp"

namespace entente::runtime {

/// What a log may keep while it is hardly used.
inline constexpr std::size_t idle_log_bytes = 64 << 10;

inline std::size_t used_bytes(const Log& log) { return static_cast<std::size_t>(log.at - log.begin); }
inline std::size_t capacity(const Log& log) { return static_cast<std::size_t>(log.end - log.begin); }

/// Makes room for `need` more bytes. Throws std::bad_alloc and leaves the log as it was.
inline void grow_log(Log& log, std::size_t need) {
  const std::size_t used = used_bytes(log), size = std::max({2 * capacity(log), used + need, std::size_t(4096)});
  auto* const moved = static_cast<std::byte*>(std::realloc(log.begin, size));
  if (!moved) throw std::bad_alloc();
  log = {moved, moved + used, moved + size};
}

inline void free_log(Log& log) {
  std::free(log.begin);
  log = {};
}

/// Returns where the record after the next `records` begins, or `end`.
inline const std::byte* skip_records(const std::byte* at, const std::byte* end, std::uint64_t records) {
  for (; at != end && records > 0; --records) {
    Record record;
    std::memcpy(&record, at, sizeof record);
    at += sizeof record + detail::padded(record.size);
  }
  return at;
}

}  // namespace entente::runtime
