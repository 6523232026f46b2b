// SPDX-License-Identifier: MIT
// The bytecode of an expression, a body or a definition, for the stack machine in machine.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "expression/datum.hpp"
#include "expression/operations.hpp"
#include "expression/source_text.hpp"

namespace entente::expression {

/// Stack effects in brackets: before -> after, top on the right.
enum class Opcode : std::uint8_t {
  // One for each Operator, in its order: [left right -> value]; `detail` 1: in place; `count`: a Source. Unless it is
  // the stack, the right operand is constant or slot `operand`: [left -> value].
  add,
  subtract,
  multiply,
  divide,
  floor_divide,
  modulo,
  power,
  less,
  less_equal,
  equal,
  not_equal,
  greater,
  greater_equal,
  in,
  not_in,
  is,
  is_not,
  constant,         ///< [-> constants[operand]]
  argument,         ///< [-> slot operand], which is always set
  local,            ///< [-> slot operand]; an error if it is not set
  global,           ///< [-> constant `operand` of the library]; an error if it is not set
  store,            ///< [value ->] into slot operand
  pop,              ///< [value ->]
  duplicate,        ///< [value -> value value]
  duplicate_under,  ///< [a b -> b a b]
  drop_under,       ///< [a b -> b]
  negate,
  identity,
  invert,  ///< [value -> value]
  make_list,
  make_tuple,            ///< [operand items -> sequence]
  unpack,                ///< [sequence -> its operand items, the first on top]
  index,                 ///< [container position -> item]
  jump,                  ///< by operand, forwards
  jump_back,             ///< by operand, backwards
  jump_if_false,         ///< [value ->]
  jump_if_false_or_pop,  ///< [value -> value] when it jumps, else [value ->]
  jump_if_true_or_pop,
  begin_loop,       ///< [iterable -> iterable position]
  next,             ///< [iterable position -> iterable position member], or jumps at the end
  end_loop,         ///< [iterable position ->]
  absolute,         ///< [value -> value]: abs
  call,             ///< [operand arguments -> value] of function_at(count)
  call_definition,  ///< [count arguments -> value] of the library's definition `operand`
  give,             ///< ends with the top value
};

/// Where the right operand of an Operator comes from.
enum class Source : std::uint16_t { stack, constant, argument };

/// Jumps count from the instruction behind them.
struct Instruction {
  Opcode opcode;
  std::uint8_t detail = 0;
  std::uint16_t count = 0;
  std::int32_t operand = 0;
};
static_assert(sizeof(Instruction) == 8);

struct Code {
  const SourceText* source = nullptr;
  std::vector<Instruction> instructions;
  std::vector<std::uint32_t> places;  ///< For each instruction, the byte offset in `source` it came from.
  std::vector<Datum> constants;
  std::vector<std::string> locals;  ///< Names of the slots from `arguments` on, for messages.
  std::uint32_t arguments = 0;      ///< The first slots of a frame.
  std::uint32_t slots = 0;          ///< Arguments and locals.
  std::uint32_t stack = 0;          ///< Most values on the stack above the slots.
  bool uses_library = false;
};

}  // namespace entente::expression
