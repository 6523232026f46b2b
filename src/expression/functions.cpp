// SPDX-License-Identifier: MIT
#include "expression/functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "expression/arithmetic.hpp"
#include "expression/conversion.hpp"
#include "expression/operations.hpp"

namespace entente::expression {
namespace {

using Arguments = std::span<const Datum>;

[[noreturn]] void refuse(const char* function, const char* wanted, const Datum& found) {
  fail(ErrorKind::type, fmt::format("{} needs {}, not {}", function, wanted, kind_name(found.kind)));
}

const Datum& number(const char* function, const Datum& datum) {
  if (!datum.is_number()) refuse(function, "a number", datum);
  return datum;
}

std::int64_t whole(const char* function, const Datum& datum) {
  if (!datum.is_whole()) refuse(function, "a whole number", datum);
  return datum.integer;
}

Datum absolute_value(Workspace&, Arguments arguments) { return magnitude(number("abs", arguments[0])); }

/// The truth of the first member that decides, or of an empty iterable.
Datum quantify(Workspace& workspace, const Datum& iterable, bool deciding) {
  expect_iterable(iterable);
  Datum member;
  for (std::int64_t position = 0; next_member(iterable, position, member);) {
    workspace.charge(1);
    if (truth(member) == deciding) return Datum::of(deciding);
  }
  return Datum::of(!deciding);
}

Datum all(Workspace& workspace, Arguments arguments) { return quantify(workspace, arguments[0], false); }
Datum any(Workspace& workspace, Arguments arguments) { return quantify(workspace, arguments[0], true); }
Datum to_boolean(Workspace&, Arguments arguments) { return Datum::of(truth(arguments[0])); }

Datum quotient_and_remainder(Workspace& workspace, Arguments arguments) {
  const Datum& left = number("divmod", arguments[0]);
  const Datum& right = number("divmod", arguments[1]);
  Datum* items = workspace.items(2);
  items[0] = floor_divide(left, right);
  items[1] = modulo(left, right);
  return workspace.sequence(Kind::tuple, items, 2);
}

Datum to_real(Workspace& workspace, Arguments arguments) {
  const Datum& argument = arguments[0];
  if (argument.kind == Kind::text) {
    workspace.charge(argument.length / 16);
    return Datum::of(real_of_text(argument.view()));
  }
  return Datum::of(number("float", argument).as_real());
}

Datum to_whole(Workspace& workspace, Arguments arguments) {
  const Datum& argument = arguments[0];
  if (argument.kind == Kind::text) {
    workspace.charge(argument.length / 16);
    return Datum::of(whole_of_text(argument.view()));
  }
  if (argument.kind == Kind::real) return Datum::of(truncate(argument.real));
  return Datum::of(number("int", argument).integer);
}

Datum length(Workspace& workspace, Arguments arguments) {
  if (arguments[0].kind == Kind::text) workspace.charge(arguments[0].length / 16);
  return Datum::of(size_of(arguments[0]));
}

/// The first of the members that no other one comes before in the sense of `before`.
Datum extreme(Workspace& workspace, Arguments arguments, Operator before, const char* function) {
  if (arguments.size() > 1) {
    Datum best = arguments[0];
    for (const Datum& other : arguments.subspan(1))
      if (compare(workspace, before, other, best)) best = other;
    return best;
  }
  expect_iterable(arguments[0]);
  Datum best, member;
  std::int64_t position = 0;
  if (!next_member(arguments[0], position, best)) fail(ErrorKind::value, fmt::format("{} of nothing", function));
  while (next_member(arguments[0], position, member))
    if (compare(workspace, before, member, best)) best = member;
  return best;
}

Datum largest(Workspace& workspace, Arguments arguments) {
  return extreme(workspace, arguments, Operator::greater, "max");
}
Datum smallest(Workspace& workspace, Arguments arguments) {
  return extreme(workspace, arguments, Operator::less, "min");
}

Datum raise(Workspace&, Arguments arguments) { return power(number("pow", arguments[0]), number("pow", arguments[1])); }

Datum make_range(Workspace& workspace, Arguments arguments) {
  const bool only_stop = arguments.size() == 1;
  const std::int64_t start = only_stop ? 0 : whole("range", arguments[0]);
  const std::int64_t stop = whole("range", arguments[only_stop ? 0 : 1]);
  const std::int64_t step = arguments.size() < 3 ? 1 : whole("range", arguments[2]);
  if (step == 0) fail(ErrorKind::value, "the step of a range cannot be 0");
  __extension__ using Wide = __int128;
  const Wide distance = step > 0 ? Wide{stop} - start : Wide{start} - stop;
  const Wide stride = step > 0 ? Wide{step} : -Wide{step};
  const Wide count = distance <= 0 ? 0 : (distance + stride - 1) / stride;
  if (count >> 63) fail(ErrorKind::overflow, "the range has too many members (64 bits)");
  return workspace.range(start, step, static_cast<std::int64_t>(count));
}

Datum rounded(Workspace&, Arguments arguments) {
  const Datum& value = number("round", arguments[0]);
  if (arguments.size() == 1 || arguments[1].kind == Kind::none) return round_number(value);
  return round_number(value, whole("round", arguments[1]));
}

Datum to_text(Workspace& workspace, Arguments arguments) {
  const Datum& argument = arguments[0];
  std::string text;
  switch (argument.kind) {
    case Kind::text: return argument;
    case Kind::none: return Datum::of(std::string_view("None"));
    case Kind::boolean: return Datum::of(std::string_view(argument.integer ? "True" : "False"));
    case Kind::integer: text = fmt::format("{}", argument.integer); break;
    case Kind::real: text = text_of_real(argument.real); break;
    default: fail(ErrorKind::unsupported, fmt::format("str of {} is not supported", kind_name(argument.kind)));
  }
  char* place = workspace.text(text.size());
  text.copy(place, text.size());
  return Datum::of(std::string_view(place, text.size()));
}

Datum sum(Workspace& workspace, Arguments arguments) {
  expect_iterable(arguments[0]);
  Datum total = arguments.size() == 2 ? arguments[1] : Datum::of(std::int64_t{0});
  if (total.kind == Kind::text) fail(ErrorKind::type, "sum does not join texts");
  Datum member;
  for (std::int64_t position = 0; next_member(arguments[0], position, member);) {
    workspace.charge(1);
    total = apply(workspace, Operator::add, total, member);
  }
  return total;
}

constexpr std::array functions = {
    Function{"abs", 1, 1, absolute_value},
    Function{"all", 1, 1, all},
    Function{"any", 1, 1, any},
    Function{"bool", 1, 1, to_boolean},
    Function{"divmod", 2, 2, quotient_and_remainder},
    Function{"float", 1, 1, to_real},
    Function{"int", 1, 1, to_whole},
    Function{"len", 1, 1, length},
    Function{"max", 1, -1, largest},
    Function{"min", 1, -1, smallest},
    Function{"pow", 2, 2, raise},
    Function{"range", 1, 3, make_range},
    Function{"round", 1, 2, rounded},
    Function{"str", 1, 1, to_text},
    Function{"sum", 1, 2, sum},
};

}  // namespace

std::span<const Function> plain_functions() { return functions; }

std::optional<std::uint32_t> find_function(Space space, std::string_view name) {
  const auto list = space == Space::math ? math_functions() : plain_functions();
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Function& function) { return function.name == name; });
  if (found == list.end()) return std::nullopt;
  const auto position = static_cast<std::uint32_t>(found - list.begin());
  return space == Space::math ? position + static_cast<std::uint32_t>(functions.size()) : position;
}

const Function& function_at(std::uint32_t position) {
  return position < functions.size() ? functions[position] : math_functions()[position - functions.size()];
}

std::string names_of(std::span<const Function> list) {
  std::string names;
  for (const Function& function : list) names += (names.empty() ? "" : ", ") + std::string(function.name);
  return names;
}

}  // namespace entente::expression
