// SPDX-License-Identifier: MIT
// The stack machine that runs bytecode.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "expression/code.hpp"
#include "expression/library.hpp"
#include "expression/workspace.hpp"

namespace entente::expression {

/// Runs one code many times. Not shared between threads.
class Machine {
 public:
  /// Slots and values on the stack that one evaluation may use.
  static constexpr std::size_t largest_stack = 1 << 20;

  /// `library` may be null when `code` uses none. All outlive the machine.
  Machine(const Code& code, const Library* library, const Limits& limits);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// The argument slots; they keep their values between runs.
  Datum* arguments() { return stack_; }

  /// The value of the code for the arguments, valid until the next run.
  /// Errors  Failure with `source` and `at` set.
  const Datum& run();

  /// Instructions of the last run.
  std::uint64_t charged() const { return workspace_.charged(); }

 private:
  struct Frame {
    const Code* code;
    const Instruction* next;
    const Instruction* unpaid;
    std::uint32_t base;
  };

  void grow(std::size_t size);
  void refuse_whole(const Instruction& at, const Datum& left, const Datum& right);
  [[noreturn]] static void refuse_unset(const Code& code, std::int32_t slot);

  const Code& entry_;
  const Library* library_;
  Workspace workspace_;
  std::array<Datum, 32> small_;  // enough for almost all expressions
  std::unique_ptr<Datum[]> large_;
  Datum* stack_ = small_.data();
  std::size_t capacity_ = small_.size();
  std::vector<Frame> frames_;
};

}  // namespace entente::expression
