// SPDX-License-Identifier: MIT
#include "problem/name_table.hpp"

#include <charconv>
#include <functional>

namespace entente {

std::string_view NameTable::given(std::uint32_t item) const {
  if (first_.empty()) return {};
  return {characters_.data() + first_[item], static_cast<std::size_t>(first_[item + 1] - first_[item])};
}

std::size_t NameTable::slot_of(std::string_view name) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>{}(name)&mask;
  while (slots_[slot] != no_id && given(slots_[slot]) != name) slot = (slot + 1) & mask;
  return slot;
}

void NameTable::rehash() {
  std::size_t slots = 16;
  while (slots < (static_cast<std::size_t>(named_) + 1) * 2) slots *= 2;
  slots_.shrink(0);
  slots_.resize(slots, no_id);
  for (std::uint32_t item = 0; item < size_; ++item)
    if (!given(item).empty()) slots_[slot_of(given(item))] = item;
}

void NameTable::reserve(std::uint32_t names) { first_.reserve(static_cast<std::size_t>(names) + 1); }

bool NameTable::add(std::string_view name) {
  if (name.empty()) {
    if (!first_.empty()) first_.push_back(characters_.size());
    ++size_;
    return true;
  }
  if (first_.empty()) first_.resize(static_cast<std::size_t>(size_) + 1, 0);
  if ((static_cast<std::size_t>(named_) + 1) * 4 > slots_.size() * 3) rehash();
  const std::size_t slot = slot_of(name);
  if (slots_[slot] != no_id) return false;
  characters_.append({name.data(), name.size()});
  first_.push_back(characters_.size());
  slots_[slot] = size_++;
  ++named_;
  return true;
}

std::string NameTable::name(std::uint32_t item) const {
  const std::string_view own = given(item);
  return own.empty() ? letter_ + std::to_string(item) : std::string(own);
}

std::optional<std::uint32_t> NameTable::automatic(std::string_view name) const {
  if (name.size() < 2 || name[0] != letter_ || (name[1] == '0' && name.size() > 2)) return std::nullopt;
  std::uint32_t item = 0;
  const auto [end, failure] = std::from_chars(name.data() + 1, name.data() + name.size(), item);
  if (failure != std::errc() || end != name.data() + name.size() || item >= size_ || !given(item).empty())
    return std::nullopt;
  return item;
}

std::optional<std::uint32_t> NameTable::find(std::string_view name) const {
  if (named_ > 0 && !name.empty()) {
    const std::uint32_t item = slots_[slot_of(name)];
    if (item != no_id) return item;
  }
  return automatic(name);
}

std::optional<std::uint32_t> NameTable::ambiguous() const {
  if (named_ == 0 || named_ == size_) return std::nullopt;
  for (std::uint32_t item = 0; item < size_; ++item)
    if (!given(item).empty() && automatic(given(item))) return item;
  return std::nullopt;
}

void NameTable::trim() {
  characters_.trim();
  first_.trim();
  slots_.trim();
}

}  // namespace entente
