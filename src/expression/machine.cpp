// SPDX-License-Identifier: MIT
#include "expression/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "expression/arithmetic.hpp"
#include "expression/functions.hpp"
#include "expression/operations.hpp"

namespace entente::expression {
namespace {

constexpr std::size_t deepest_calls = 100;

bool both(const Datum& left, const Datum& right, Kind kind) { return left.kind == kind && right.kind == kind; }

/// Replaces the items of a sequence into `to`, the first last.
void unpack(const Datum& sequence, std::int32_t count, Datum* to) {
  expect_iterable(sequence);
  std::int64_t position = 0;
  Datum member;
  for (std::int32_t i = 0; i < count; ++i) {
    if (!next_member(sequence, position, member))
      fail(ErrorKind::value, fmt::format("{} values are assigned to {} names", i, count));
    to[count - 1 - i] = member;
  }
  if (next_member(sequence, position, member))
    fail(ErrorKind::value, fmt::format("more than {} values are assigned to {} names", count, count));
}

Datum signed_number(Opcode opcode, const Datum& value) {
  if (!value.is_number())
    fail(ErrorKind::type, fmt::format("`{}` needs a number, not {}",
                                      opcode == Opcode::negate     ? "-"
                                      : opcode == Opcode::identity ? "+"
                                                                   : "abs",
                                      kind_name(value.kind)));
  switch (opcode) {
    case Opcode::negate: return negate(value);
    case Opcode::absolute: return magnitude(value);
    default: return value.kind == Kind::real ? value : Datum::of(value.integer);
  }
}

}  // namespace

Machine::Machine(const Code& code, const Library* library, const Limits& limits)
    : entry_(code), library_(library), workspace_(limits) {
  grow(entry_.slots + entry_.stack);
}

void Machine::grow(std::size_t size) {
  if (size <= capacity_) return;
  if (size > largest_stack) fail(ErrorKind::budget, "the evaluation needs too many values at once");
  size = std::min(largest_stack, 2 * size);
  auto larger = std::make_unique<Datum[]>(size);
  std::copy_n(stack_, capacity_, larger.get());
  large_ = std::move(larger);
  stack_ = large_.get();
  capacity_ = size;
}

/// Leaves the message about a whole number that is too large to the operation itself.
void Machine::refuse_whole(const Instruction& at, const Datum& left, const Datum& right) {
  apply(workspace_, static_cast<Operator>(at.opcode), left, right);
}

void Machine::refuse_unset(const Code& code, std::int32_t slot) {
  const std::string& name = code.locals[static_cast<std::uint32_t>(slot) - code.arguments];
  fail(ErrorKind::name, fmt::format("`{}` is read before it is assigned", printable(name)));
}

// Operators: the common pairs of kinds are computed here, all others by `apply`.
#define ENTENTE_NUMBERS(overflows_on_whole, operation)                                                           \
  {                                                                                                              \
    const Datum& right = right_operand(at);                                                                      \
    Datum& left = top[-1];                                                                                       \
    std::int64_t whole;                                                                                          \
    if (both(left, right, Kind::integer)) {                                                                      \
      if (overflows_on_whole(left.integer, right.integer, &whole)) refuse_whole(at, left, right);                \
      left.integer = whole;                                                                                      \
    } else if (left.is_number() && right.is_number() && (left.kind == Kind::real || right.kind == Kind::real)) { \
      left = Datum::of(left.as_real() operation right.as_real());                                                \
    } else {                                                                                                     \
      left = apply(workspace_, static_cast<Operator>(at.opcode), left, right, at.detail != 0);                   \
    }                                                                                                            \
    break;                                                                                                       \
  }

#define ENTENTE_COMPARISON(relation)                                           \
  {                                                                            \
    const Datum& right = right_operand(at);                                    \
    Datum& left = top[-1];                                                     \
    if (both(left, right, Kind::integer))                                      \
      left = Datum::of(left.integer relation right.integer);                   \
    else if (both(left, right, Kind::real))                                    \
      left = Datum::of(left.real relation right.real);                         \
    else                                                                       \
      left = apply(workspace_, static_cast<Operator>(at.opcode), left, right); \
    break;                                                                     \
  }

const Datum& Machine::run() {
  workspace_.reset();
  frames_.clear();
  const Code* code = &entry_;
  Datum* base = stack_;
  Datum* top = base + code->slots;
  for (std::uint32_t i = code->arguments; i < code->slots; ++i) base[i].kind = Kind::unbound;
  const Instruction* next = code->instructions.data();
  const Instruction* unpaid = next;  // straight-line code is paid for when it is left
  const auto right_operand = [&](const Instruction& at) -> const Datum& {
    switch (static_cast<Source>(at.count)) {
      case Source::constant: return code->constants[static_cast<std::size_t>(at.operand)];
      case Source::argument: return base[at.operand];
      case Source::stack: break;
    }
    return *--top;
  };
  try {
    for (;;) {
      const Instruction& at = *next++;
      switch (at.opcode) {
        case Opcode::add: ENTENTE_NUMBERS(__builtin_add_overflow, +)
        case Opcode::subtract: ENTENTE_NUMBERS(__builtin_sub_overflow, -)
        case Opcode::multiply: ENTENTE_NUMBERS(__builtin_mul_overflow, *)
        case Opcode::less: ENTENTE_COMPARISON(<)
        case Opcode::less_equal: ENTENTE_COMPARISON(<=)
        case Opcode::equal: ENTENTE_COMPARISON(==)
        case Opcode::not_equal: ENTENTE_COMPARISON(!=)
        case Opcode::greater: ENTENTE_COMPARISON(>)
        case Opcode::greater_equal: ENTENTE_COMPARISON(>=)
        case Opcode::divide:
        case Opcode::floor_divide:
        case Opcode::modulo:
        case Opcode::power:
        case Opcode::in:
        case Opcode::not_in:
        case Opcode::is:
        case Opcode::is_not: {
          const Datum& right = right_operand(at);
          top[-1] = apply(workspace_, static_cast<Operator>(at.opcode), top[-1], right, at.detail != 0);
          break;
        }
        case Opcode::constant: *top++ = code->constants[static_cast<std::size_t>(at.operand)]; break;
        case Opcode::argument: *top++ = base[at.operand]; break;
        case Opcode::local:
          if (base[at.operand].kind == Kind::unbound) refuse_unset(*code, at.operand);
          *top++ = base[at.operand];
          break;
        case Opcode::global: {
          const Constant& constant = library_->constants[static_cast<std::size_t>(at.operand)];
          if (constant.value.kind == Kind::unbound)
            fail(ErrorKind::name, fmt::format("`{}` is read before it is assigned", printable(constant.name)));
          *top++ = constant.value;
          break;
        }
        case Opcode::store: base[at.operand] = *--top; break;
        case Opcode::pop: --top; break;
        case Opcode::duplicate:
          top[0] = top[-1];
          ++top;
          break;
        case Opcode::duplicate_under:
          top[0] = top[-1];
          top[-1] = top[-2];
          top[-2] = top[0];
          ++top;
          break;
        case Opcode::drop_under:
          top[-2] = top[-1];
          --top;
          break;
        case Opcode::negate:
        case Opcode::identity: top[-1] = signed_number(at.opcode, top[-1]); break;
        case Opcode::absolute: {
          Datum& value = top[-1];
          if (value.kind == Kind::real)
            value.real = std::fabs(value.real);
          else if (value.kind != Kind::integer || value.integer < 0)
            value = signed_number(at.opcode, value);
          break;
        }
        case Opcode::invert: top[-1] = Datum::of(!truth(top[-1])); break;
        case Opcode::make_list:
        case Opcode::make_tuple: {
          const auto count = static_cast<std::size_t>(at.operand);
          Datum* items = workspace_.items(count);
          top -= count;
          std::copy_n(top, count, items);
          *top++ = workspace_.sequence(at.opcode == Opcode::make_list ? Kind::list : Kind::tuple, items, count);
          break;
        }
        case Opcode::unpack: {
          const Datum sequence = top[-1];
          unpack(sequence, at.operand, top - 1);
          top += at.operand - 1;
          break;
        }
        case Opcode::index:
          top[-2] = item(workspace_, top[-2], top[-1]);
          --top;
          break;
        case Opcode::jump: next += at.operand; break;
        case Opcode::jump_back:
          workspace_.charge(next - unpaid);
          next += at.operand;
          unpaid = next;
          break;
        case Opcode::jump_if_false:
          if (!truth(*--top)) next += at.operand;
          break;
        case Opcode::jump_if_false_or_pop:
          if (truth(top[-1]))
            --top;
          else
            next += at.operand;
          break;
        case Opcode::jump_if_true_or_pop:
          if (truth(top[-1]))
            next += at.operand;
          else
            --top;
          break;
        case Opcode::begin_loop:
          expect_iterable(top[-1]);
          *top++ = Datum::of(std::int64_t{0});
          break;
        case Opcode::next:
          if (next_member(top[-2], top[-1].integer, *top))
            ++top;
          else
            next += at.operand;
          break;
        case Opcode::end_loop: top -= 2; break;
        case Opcode::call: {
          Datum* arguments = top - at.operand;
          *arguments = function_at(at.count).evaluate(workspace_, {arguments, static_cast<std::size_t>(at.operand)});
          top = arguments + 1;
          break;
        }
        case Opcode::call_definition: {
          const Definition& callee = library_->definitions[static_cast<std::size_t>(at.operand)];
          if (frames_.size() >= deepest_calls)
            fail(ErrorKind::budget, fmt::format("calls are nested more than {} deep", deepest_calls));
          workspace_.charge(next - unpaid);
          frames_.push_back({code, next, unpaid, static_cast<std::uint32_t>(base - stack_)});
          const std::size_t callee_base = static_cast<std::size_t>(top - stack_) - at.count;
          grow(callee_base + callee.code.slots + callee.code.stack);
          code = &callee.code;
          base = stack_ + callee_base;
          const std::size_t given_defaults = callee.parameters - at.count;
          std::copy_n(callee.defaults.end() - static_cast<std::ptrdiff_t>(given_defaults), given_defaults,
                      base + at.count);
          for (std::uint32_t i = code->arguments; i < code->slots; ++i) base[i].kind = Kind::unbound;
          top = base + code->slots;
          unpaid = next = code->instructions.data();
          break;
        }
        case Opcode::give: {
          workspace_.charge(next - unpaid);
          if (frames_.empty()) return top[-1];
          *base = top[-1];
          top = base + 1;
          const Frame& frame = frames_.back();
          code = frame.code;
          unpaid = next = frame.next;
          base = stack_ + frame.base;
          frames_.pop_back();
          break;
        }
      }
    }
  } catch (Failure& failure) {
    failure.source = code->source;
    failure.at = code->places[static_cast<std::size_t>(next - 1 - code->instructions.data())];
    throw;
  }
}

#undef ENTENTE_NUMBERS
#undef ENTENTE_COMPARISON

}  // namespace entente::expression
