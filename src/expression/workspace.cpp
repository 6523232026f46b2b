// SPDX-License-Identifier: MIT
#include "expression/workspace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace entente::expression {
namespace {

constexpr std::size_t chunk_bytes = 1 << 12;
constexpr std::size_t arena_texts = 16;  // an evaluation may hold this many texts of the largest size
constexpr int deepest_nesting = 100;

}  // namespace

void fail(ErrorKind kind, std::string message) { throw Failure{kind, std::move(message), nullptr, 0}; }

void Workspace::refuse_work() const {
  fail(ErrorKind::budget, fmt::format("the evaluation takes more than {} instructions", limits_.instructions));
}

void Workspace::release() {
  chunks_.resize(1);  // the first is kept for the next evaluation
  chunk_end_ = chunks_.front().get() + first_bytes_;
  free_ = first_bytes_;
  used_ = 0;
}

void* Workspace::allocate(std::size_t bytes) {
  if (bytes > limits_.text)
    fail(ErrorKind::budget, fmt::format("a text or list of {} bytes is more than the {} allowed", bytes, limits_.text));
  bytes = (bytes + sizeof(Datum) - 1) / sizeof(Datum) * sizeof(Datum);
  charge(static_cast<std::int64_t>(bytes / sizeof(Datum)));
  used_ += bytes;
  if (used_ > arena_texts * std::max(limits_.text, chunk_bytes))
    fail(ErrorKind::budget, "the evaluation builds more text and lists than it may hold");
  if (bytes > free_) {
    const std::size_t size = std::max(bytes, chunk_bytes);
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
    if (chunks_.size() == 1) first_bytes_ = size;
    free_ = size;
    chunk_end_ = chunks_.back().get() + size;
  }
  std::byte* place = chunk_end_ - free_;
  free_ -= bytes;
  return place;
}

char* Workspace::text(std::size_t bytes) { return static_cast<char*>(allocate(bytes)); }

Datum* Workspace::items(std::size_t count) {
  if (count == 0) return nullptr;
  if (count > limits_.text)  // keeps the product below from wrapping around
    fail(ErrorKind::budget, fmt::format("a list of {} items is more than the {} bytes allowed", count, limits_.text));
  void* place = allocate(count * sizeof(Datum));
  return new (place) Datum[count];
}

Datum Workspace::range(std::int64_t start, std::int64_t step, std::int64_t count) {
  return Datum::of(new (allocate(sizeof(Range))) Range{start, step, count});
}

Datum Workspace::sequence(Kind kind, const Datum* items, std::size_t count) {
  int nesting = 0;
  for (std::size_t i = 0; i < count; ++i) nesting = std::max<int>(nesting, items[i].nesting);
  if (nesting >= deepest_nesting)
    fail(ErrorKind::budget, fmt::format("lists are nested more than {} deep", deepest_nesting));
  Datum datum{kind};
  datum.nesting = static_cast<std::uint8_t>(nesting + 1);
  datum.length = static_cast<std::uint32_t>(count);
  datum.items = items;
  return datum;
}

}  // namespace entente::expression
