// SPDX-License-Identifier: MIT
// What a scalar means in YAML 1.2's core schema, and how to write one.
#pragma once

#include <string>
#include <string_view>

#include "entente/base/value.hpp"

namespace entente {

enum class ScalarKind {
  null,
  boolean,
  integer,
  large_integer,  ///< A whole number beyond 64 bits; its value is the nearest real number.
  real,
  text,
};

struct CoreScalar {
  ScalarKind kind;
  Value value;  ///< Empty text for null.

  bool is_number() const {
    return kind == ScalarKind::integer || kind == ScalarKind::large_integer || kind == ScalarKind::real;
  }
  /// Only for numbers.
  double number() const;
};

/// Resolves an unquoted scalar: null, true/false, whole numbers (also 0x, 0o), real numbers (also .inf, .nan), text.
CoreScalar resolve_core(std::string_view text);

/// Whether readers of YAML 1.1 make a boolean of this text and we do not: yes, no, on, off.
bool is_older_boolean(std::string_view text);

/// `text` as a scalar that reads back as this text: as it is where that is safe, else in double quotes.
std::string yaml_text(std::string_view text);
/// `scalar`, which is YAML text already, as a key of a flow map: `name: `.
std::string yaml_flow_key(std::string_view scalar);
/// `value` as a scalar that reads back as this value.
std::string yaml_value(const Value& value);
/// `number` as the shortest scalar that reads back as this number: `3`, `0.5`, `.inf`.
std::string yaml_number(double number);

}  // namespace entente
