// SPDX-License-Identifier: MIT
// ContextCache: what a search found out under contexts it has been in, within a limit of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "entente/base/ids.hpp"
#include "entente/base/random.hpp"

namespace entente {

/// Remembers results by context (a list of values, always of the same variables). When half of the limit is used, what
/// was neither stored nor found again since half of it was used last is forgotten.
class ContextCache {
 public:
  struct Result {
    double cost = 0;
    std::vector<ValueIndex> values = {};  ///< Empty: `cost` is a lower bound.
  };

  explicit ContextCache(std::size_t bytes = 0) : limit_(bytes / 2) {}

  /// The result under `context`, or null. Valid until the next call.
  const Result* find(const std::vector<ValueIndex>& context) {
    if (const auto at = recent_.find(context); at != recent_.end()) return &at->second;
    const auto at = older_.find(context);
    if (at == older_.end()) return nullptr;
    const Result found = std::move(at->second);
    older_.erase(at);
    store(context, found);
    const auto again = recent_.find(context);
    return again == recent_.end() ? nullptr : &again->second;
  }

  void store(const std::vector<ValueIndex>& context, Result result) {
    constexpr std::size_t node = 96;  // an entry of the map, and its share of buckets
    const std::size_t bytes = node + (context.size() + result.values.size()) * sizeof(ValueIndex);
    if (used_ + bytes > limit_) {
      if (bytes > limit_) return;
      older_ = std::exchange(recent_, {});
      used_ = 0;
    }
    used_ += bytes;
    recent_.insert_or_assign(context, std::move(result));
  }

 private:
  struct Hash {
    std::size_t operator()(const std::vector<ValueIndex>& context) const {
      std::uint64_t hash = context.size();
      for (const ValueIndex value : context) hash = mix(hash ^ std::uint64_t(value));
      return hash;
    }
  };
  using Results = std::unordered_map<std::vector<ValueIndex>, Result, Hash>;

  std::size_t limit_, used_ = 0;
  Results recent_, older_;
};

}  // namespace entente
