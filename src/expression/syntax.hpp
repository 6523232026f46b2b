// SPDX-License-Identifier: MIT
// The syntax tree of a text: nodes in one array, children as linked lists of indices.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "expression/datum.hpp"
#include "expression/operations.hpp"

namespace entente::expression {

using NodeId = std::uint32_t;
inline constexpr NodeId no_node = 0xffffffff;

enum class NodeKind : std::uint8_t {
  // expressions; in brackets the children
  constant,     ///< `value`
  name,         ///< `symbol`
  attribute,    ///< `space` and `value` (its name as text)
  call,         ///< `space` and `value`, (arguments...)
  negation,     ///< (operand): `-`
  identity,     ///< (operand): `+`
  inversion,    ///< (operand): `not`
  binary,       ///< `op`, (left, right)
  comparison,   ///< (first, second, ...); the `op` before an operand is the operand's `joint`
  conjunction,  ///< (operands...): `and`
  disjunction,  ///< (operands...): `or`
  conditional,  ///< (condition, value, condition, value, ..., value otherwise)
  list,         ///< (items...)
  tuple,        ///< (items...); also a target
  index,        ///< (container, position)
  // statements
  block,       ///< (statements...)
  assignment,  ///< (value, target, target, ...); a target is a name or a tuple of targets
  augmented,   ///< `op`, (name, value)
  choice,      ///< (condition, block, condition, block, ..., block otherwise?): if, elif, else
  while_loop,  ///< (condition, block, else block?)
  for_loop,    ///< (target, iterable, block, else block?)
  result,      ///< (value?): return
  leave,       ///< break
  proceed,     ///< continue
  discard,     ///< (value): an expression as a statement
};

/// Where a called name or an attribute is looked up.
enum class Space : std::uint8_t { plain, math, source };

struct Node {
  NodeKind kind = NodeKind::constant;
  Space space = Space::plain;
  Operator op = Operator::add;
  Operator joint = Operator::add;  ///< In a comparison: what stands before this operand.
  std::uint32_t at = 0;            ///< Byte offset in the text, for errors.
  std::uint32_t symbol = 0;
  NodeId first = no_node;
  NodeId next = no_node;
  Datum value;
};

/// A name that is read or assigned, not one that is called.
struct Symbol {
  std::string_view name;
  std::uint32_t at;  ///< Where it first appears.
  bool assigned = false;
};

struct Tree {
  std::vector<Node> nodes;
  std::vector<Symbol> symbols;             ///< In order of first appearance.
  std::vector<std::string_view> imported;  ///< Names from `from math import ...`.
  NodeId root = no_node;
  bool is_body = false;
};

}  // namespace entente::expression
