// SPDX-License-Identifier: MIT
// Datum: the 16-byte value that expressions compute with. It owns nothing; texts and items live in a program, in the
// caller's arguments or in the arena of an evaluation.
#pragma once

#include <cstdint>
#include <string_view>

namespace entente::expression {

/// The order matters: boolean, integer and real stand together, as do boolean and integer.
enum class Kind : std::uint8_t { unbound, none, boolean, integer, real, text, list, tuple, range };

/// Python's `range`: `start`, `start + step`, ... with `count` members.
struct Range {
  std::int64_t start;
  std::int64_t step;
  std::int64_t count;
};

struct Datum {
  Kind kind = Kind::unbound;
  std::uint8_t nesting = 0;  ///< Of a list or tuple: levels of lists inside, at least 1.
  std::uint32_t length = 0;  ///< Bytes of a text; items of a list or tuple.
  union {
    std::int64_t integer = 0;  ///< Also a boolean, as 0 or 1.
    double real;
    const char* text;
    const Datum* items;
    const Range* range;
  };

  Datum() = default;
  explicit Datum(Kind its_kind) : kind(its_kind) {}

  static Datum none() { return Datum{Kind::none}; }
  static Datum of(bool value) { return with(Kind::boolean, value); }
  static Datum of(std::int64_t value) { return with(Kind::integer, value); }
  static Datum of(double value) {
    Datum datum{Kind::real};
    datum.real = value;
    return datum;
  }
  /// Refers to `value`, which must outlive the datum.
  static Datum of(std::string_view value) {
    Datum datum{Kind::text};
    datum.length = static_cast<std::uint32_t>(value.size());
    datum.text = value.data();
    return datum;
  }
  static Datum of(const Range* value) {
    Datum datum{Kind::range};
    datum.range = value;
    return datum;
  }

  bool is_whole() const { return kind == Kind::integer || kind == Kind::boolean; }
  bool is_number() const { return kind >= Kind::boolean && kind <= Kind::real; }
  bool is_items() const { return kind == Kind::list || kind == Kind::tuple; }
  std::string_view view() const { return {text, length}; }
  /// Of a number.
  double as_real() const { return kind == Kind::real ? real : static_cast<double>(integer); }

 private:
  static Datum with(Kind kind, std::int64_t value) {
    Datum datum{kind};
    datum.integer = value;
    return datum;
  }
};
static_assert(sizeof(Datum) == 16);

/// Python's name of a kind, for messages.
inline const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::none: return "None";
    case Kind::boolean: return "a boolean";
    case Kind::integer: return "a whole number";
    case Kind::real: return "a real number";
    case Kind::text: return "a text";
    case Kind::list: return "a list";
    case Kind::tuple: return "a tuple";
    case Kind::range: return "a range";
    case Kind::unbound: break;
  }
  return "nothing";
}

}  // namespace entente::expression
