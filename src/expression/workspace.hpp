// SPDX-License-Identifier: MIT
// What an evaluation may use up: an instruction budget and an arena for the texts and lists it builds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "expression/datum.hpp"
#include "expression/expression.hpp"

namespace entente::expression {

/// What operations throw; the evaluator adds place and arguments and turns it into an EvaluationError.
struct SourceText;

struct Failure {
  ErrorKind kind;
  std::string message;
  const SourceText* source = nullptr;  ///< Set by the machine, as is `at`: where it happened.
  std::uint32_t at = 0;
};

[[noreturn]] void fail(ErrorKind kind, std::string message);

class Workspace {
 public:
  explicit Workspace(const Limits& limits) : limits_(limits) { reset(); }

  /// Makes the budget and the arena new.
  void reset() {
    left_ = static_cast<std::int64_t>(limits_.instructions);
    if (used_) release();
  }

  /// Pays for `count` instructions.
  void charge(std::int64_t count) {
    left_ -= count;
    if (left_ < 0) refuse_work();
  }
  std::uint64_t charged() const { return limits_.instructions - static_cast<std::uint64_t>(left_); }

  /// Room for a text of `bytes` bytes, valid until `reset`. Building costs an instruction per 16 bytes.
  char* text(std::size_t bytes);
  /// Room for `count` items, valid until `reset`; null for none.
  Datum* items(std::size_t count);
  Datum range(std::int64_t start, std::int64_t step, std::int64_t count);
  /// A list or tuple over `items`, whose nesting is checked.
  Datum sequence(Kind kind, const Datum* items, std::size_t count);

 private:
  [[noreturn]] void refuse_work() const;
  void release();
  void* allocate(std::size_t bytes);

  Limits limits_;
  std::int64_t left_ = 0;
  std::size_t used_ = 0;  // bytes handed out since the last reset
  std::size_t free_ = 0;  // bytes left before chunk_end_
  std::byte* chunk_end_ = nullptr;
  std::size_t first_bytes_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
};

}  // namespace entente::expression
