// SPDX-License-Identifier: MIT
#include "expression/operations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "expression/arithmetic.hpp"

namespace entente::expression {
namespace {

constexpr std::array operator_texts = {
    "+", "-", "*", "/", "//", "%", "**", "<", "<=", "==", "!=", ">", ">=", "in", "not in", "is", "is not"};

[[noreturn]] void refuse(Operator op, const Datum& left, const Datum& right) {
  fail(ErrorKind::type, fmt::format("`{}` does not work between {} and {}", operator_text(op), kind_name(left.kind),
                                    kind_name(right.kind)));
}

Datum concatenate(Workspace& workspace, const Datum& left, const Datum& right) {
  if (left.kind == Kind::text) {
    const std::size_t bytes = std::size_t{left.length} + right.length;
    char* text = workspace.text(bytes);
    std::copy_n(right.text, right.length, std::copy_n(left.text, left.length, text));
    return Datum::of(std::string_view(text, bytes));
  }
  const std::size_t count = std::size_t{left.length} + right.length;
  Datum* items = workspace.items(count);
  std::copy_n(right.items, right.length, std::copy_n(left.items, left.length, items));
  return workspace.sequence(left.kind, items, count);
}

Datum repeat(Workspace& workspace, const Datum& sequence, std::int64_t times) {
  const std::size_t length = sequence.length;
  if (times < 0 || length == 0) times = 0;
  // No sequence of 2^40 members fits a limit; the bound keeps the product from wrapping around.
  const std::size_t count = length * static_cast<std::size_t>(std::min<std::int64_t>(times, std::int64_t{1} << 31));
  if (sequence.kind == Kind::text) {
    char* text = workspace.text(count);
    for (std::size_t i = 0; i < count; i += length) std::memcpy(text + i, sequence.text, length);
    return Datum::of(std::string_view(text, count));
  }
  Datum* items = workspace.items(count);
  for (std::size_t i = 0; i < count; i += length) std::copy_n(sequence.items, length, items + i);
  return workspace.sequence(sequence.kind, items, count);
}

bool is_sequence(const Datum& datum) { return datum.kind == Kind::text || datum.is_items(); }

Datum arithmetic(Operator op, const Datum& left, const Datum& right) {
  switch (op) {
    case Operator::add: return add(left, right);
    case Operator::subtract: return subtract(left, right);
    case Operator::multiply: return multiply(left, right);
    case Operator::divide: return divide(left, right);
    case Operator::floor_divide: return floor_divide(left, right);
    case Operator::modulo: return modulo(left, right);
    default: return power(left, right);
  }
}

bool satisfies(Operator op, std::partial_ordering order) {
  switch (op) {
    case Operator::less: return order < 0;
    case Operator::less_equal: return order <= 0;
    case Operator::greater: return order > 0;
    default: return order >= 0;
  }
}

bool contains(Workspace& workspace, const Datum& container, const Datum& member) {
  if (container.kind == Kind::text) {
    if (member.kind != Kind::text)
      fail(ErrorKind::type, fmt::format("`in` a text needs a text on its left, not {}", kind_name(member.kind)));
    workspace.charge(std::int64_t{container.length} * member.length / 16);  // the search may be quadratic
    return container.view().find(member.view()) != std::string_view::npos;
  }
  if (container.kind == Kind::range) {
    if (!member.is_number()) return false;
    const Range& range = *container.range;
    std::int64_t value = member.integer;
    if (member.kind == Kind::real) {
      if (!(member.real >= -0x1p63 && member.real < 0x1p63)) return false;
      value = static_cast<std::int64_t>(member.real);
      if (static_cast<double>(value) != member.real) return false;
    }
    if (range.count == 0) return false;
    __extension__ using Wide = __int128;
    const Wide distance = Wide{value} - range.start;
    return distance % range.step == 0 && distance / range.step >= 0 && distance / range.step < range.count;
  }
  if (!container.is_items())
    fail(ErrorKind::type,
         fmt::format("`in` needs a list, tuple, range or text on its right, not {}", kind_name(container.kind)));
  for (std::uint32_t i = 0; i < container.length; ++i)
    if (equal(workspace, container.items[i], member)) return true;
  return false;
}

bool same_object(const Datum& left, const Datum& right) {
  const auto singleton = [](const Datum& datum) { return datum.kind == Kind::none || datum.kind == Kind::boolean; };
  if (!singleton(left) && !singleton(right))
    fail(ErrorKind::unsupported, "`is` compares with None, True or False only; write `==`");
  return left.kind == right.kind && (left.kind == Kind::none || left.integer == right.integer);
}

/// The member lies in 64 bits although a step on the way to it may not.
std::int64_t member_of(const Range& range, std::int64_t position) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(range.start) +
                                   static_cast<std::uint64_t>(position) * static_cast<std::uint64_t>(range.step));
}

std::size_t symbol_bytes(unsigned char lead) { return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4; }

}  // namespace

const char* operator_text(Operator op) { return operator_texts[static_cast<std::size_t>(op)]; }

Datum apply(Workspace& workspace, Operator op, const Datum& left, const Datum& right, bool in_place) {
  if (op <= Operator::power) {
    if (left.is_number() && right.is_number()) return arithmetic(op, left, right);
    if (in_place && left.kind == Kind::list)
      fail(ErrorKind::unsupported,
           fmt::format("a list cannot be changed in place; write `name = name {} ...`", operator_text(op)));
    if (op == Operator::add && is_sequence(left) && left.kind == right.kind) return concatenate(workspace, left, right);
    if (op == Operator::multiply && is_sequence(left) && right.is_whole())
      return repeat(workspace, left, right.integer);
    if (op == Operator::multiply && left.is_whole() && is_sequence(right))
      return repeat(workspace, right, left.integer);
    if (op == Operator::modulo && left.kind == Kind::text &&
        (left.view().find('%') != std::string_view::npos || right.is_items() || right.kind == Kind::range))
      fail(ErrorKind::unsupported, "`%` does not format texts");
    refuse(op, left, right);
  }
  switch (op) {
    case Operator::equal: return Datum::of(equal(workspace, left, right));
    case Operator::not_equal: return Datum::of(!equal(workspace, left, right));
    case Operator::in: return Datum::of(contains(workspace, right, left));
    case Operator::not_in: return Datum::of(!contains(workspace, right, left));
    case Operator::is: return Datum::of(same_object(left, right));
    case Operator::is_not: return Datum::of(!same_object(left, right));
    default: return Datum::of(compare(workspace, op, left, right));
  }
}

bool equal(Workspace& workspace, const Datum& left, const Datum& right) {
  workspace.charge(1);
  if (left.is_number() && right.is_number()) return compare_numbers(left, right) == 0;
  if (left.kind != right.kind) return false;
  switch (left.kind) {
    case Kind::none: return true;
    case Kind::text: workspace.charge(left.length / 16); return left.view() == right.view();
    case Kind::range:
      return left.range->count == right.range->count &&
             (left.range->count == 0 || (left.range->start == right.range->start &&
                                         (left.range->count == 1 || left.range->step == right.range->step)));
    default: break;
  }
  if (left.length != right.length) return false;
  for (std::uint32_t i = 0; i < left.length; ++i)
    if (!equal(workspace, left.items[i], right.items[i])) return false;
  return true;
}

bool compare(Workspace& workspace, Operator op, const Datum& left, const Datum& right) {
  workspace.charge(1);
  if (left.is_number() && right.is_number()) return satisfies(op, compare_numbers(left, right));
  if (left.kind != right.kind || !is_sequence(left)) refuse(op, left, right);
  if (left.kind == Kind::text) {
    workspace.charge(std::min(left.length, right.length) / 16);
    // UTF-8 sorts by bytes as by code points.
    return satisfies(op, left.view() <=> right.view());
  }
  const std::uint32_t common = std::min(left.length, right.length);
  for (std::uint32_t i = 0; i < common; ++i)
    if (!equal(workspace, left.items[i], right.items[i])) return compare(workspace, op, left.items[i], right.items[i]);
  return satisfies(op, left.length <=> right.length);
}

Datum item(Workspace& workspace, const Datum& container, const Datum& position) {
  if (!is_sequence(container) && container.kind != Kind::range)
    fail(ErrorKind::type, fmt::format("{} has no items", kind_name(container.kind)));
  if (!position.is_whole())
    fail(ErrorKind::type, fmt::format("a position is a whole number, not {}", kind_name(position.kind)));
  const std::int64_t count = size_of(container);
  const std::int64_t index = position.integer < 0 ? position.integer + count : position.integer;
  if (index < 0 || index >= count)
    fail(ErrorKind::index, fmt::format("position {} is outside a sequence of {}", position.integer, count));
  if (container.is_items()) return container.items[index];
  if (container.kind == Kind::range) return Datum::of(member_of(*container.range, index));
  workspace.charge(container.length / 4);
  std::int64_t byte = 0;
  Datum symbol;
  for (std::int64_t i = 0; i <= index; ++i) next_member(container, byte, symbol);
  return symbol;
}

void expect_iterable(const Datum& datum) {
  if (!is_sequence(datum) && datum.kind != Kind::range)
    fail(ErrorKind::type, fmt::format("a list, tuple, range or text is needed here, not {}", kind_name(datum.kind)));
}

bool next_member(const Datum& iterable, std::int64_t& position, Datum& member) {
  if (iterable.kind == Kind::range) {
    if (position >= iterable.range->count) return false;
    member = Datum::of(member_of(*iterable.range, position++));
    return true;
  }
  if (position >= iterable.length) return false;
  if (iterable.kind == Kind::text) {
    const std::string_view rest = iterable.view().substr(static_cast<std::size_t>(position));
    const std::string_view symbol = rest.substr(0, symbol_bytes(static_cast<unsigned char>(rest.front())));
    position += static_cast<std::int64_t>(symbol.size());
    member = Datum::of(symbol);
    return true;
  }
  member = iterable.items[position++];
  return true;
}

std::int64_t size_of(const Datum& datum) {
  switch (datum.kind) {
    case Kind::text:
      return std::count_if(datum.text, datum.text + datum.length, [](char c) { return (c & 0xc0) != 0x80; });
    case Kind::list:
    case Kind::tuple: return datum.length;
    case Kind::range: return datum.range->count;
    default: break;
  }
  fail(ErrorKind::type, fmt::format("{} has no length", kind_name(datum.kind)));
}

}  // namespace entente::expression
