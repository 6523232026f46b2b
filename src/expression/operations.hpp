// SPDX-License-Identifier: MIT
// Python's operators on any datum: numbers by arithmetic.hpp, texts and sequences here.
//
// Errors  Failure: type for operands Python refuses, index, budget, and the kinds of arithmetic.hpp.
#pragma once

#include <cstdint>

#include "expression/datum.hpp"
#include "expression/workspace.hpp"

namespace entente::expression {

enum class Operator : std::uint8_t {
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
};

/// As it is written: `+`, `not in`, ...
const char* operator_text(Operator op);

/// `left op right`; comparisons give a boolean. `in_place` says that it stands for `left op= right`.
Datum apply(Workspace& workspace, Operator op, const Datum& left, const Datum& right, bool in_place = false);

/// `==` of any two data.
bool equal(Workspace& workspace, const Datum& left, const Datum& right);
/// `left < right`, for `min`, `max` and the operators.
bool compare(Workspace& workspace, Operator op, const Datum& left, const Datum& right);

/// `bool(datum)`.
inline bool truth(const Datum& datum) {
  switch (datum.kind) {
    case Kind::boolean:
    case Kind::integer: return datum.integer != 0;
    case Kind::real: return datum.real != 0;
    case Kind::text:
    case Kind::list:
    case Kind::tuple: return datum.length != 0;
    case Kind::range: return datum.range->count != 0;
    case Kind::none:
    case Kind::unbound: break;
  }
  return false;
}

/// `container[position]`.
Datum item(Workspace& workspace, const Datum& container, const Datum& position);

/// Throws unless `datum` can be iterated over.
void expect_iterable(const Datum& datum);
/// The next member of an iterable; `position` starts at 0 and is moved. False at the end.
bool next_member(const Datum& iterable, std::int64_t& position, Datum& member);

/// `len`.
std::int64_t size_of(const Datum& datum);

}  // namespace entente::expression
