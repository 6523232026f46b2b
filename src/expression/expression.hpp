// SPDX-License-Identifier: MIT
// The constraint expression language: compile a text once, evaluate it for many arguments.
//
// The language is the part of Python that constraints need; docs/expressions.md lists it. Whole numbers have 64 bits:
// where Python would continue with a longer number, evaluation ends in an error of kind `overflow`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "entente/base/error.hpp"
#include "entente/base/value.hpp"

namespace entente::expression {

/// What one text may cost. Passing a limit is an error, never a crash or a long wait.
struct Limits {
  std::size_t length = 1 << 20;                      ///< Bytes of source text.
  int depth = 200;                                   ///< Nesting of brackets, operators and blocks.
  std::uint64_t instructions = 1'000'000;            ///< Instructions of one evaluation.
  std::size_t text = 1 << 20;                        ///< Bytes of any text or list built while evaluating.
  std::uint64_t table_instructions = 2'000'000'000;  ///< Instructions of one `tabulate`.
};

/// What went wrong while evaluating; the first five are Python's exception classes.
enum class ErrorKind {
  zero_division,  ///< ZeroDivisionError
  type,           ///< TypeError
  value,          ///< ValueError; also a cost that is not a number (NaN)
  name,           ///< NameError: a local is read before it is assigned
  overflow,       ///< OverflowError; also whole numbers beyond 64 bits
  index,          ///< IndexError
  budget,         ///< A limit of `Limits` was passed.
  unsupported,    ///< Python could, this language does not (complex numbers, changing a list in place, ...).
};

/// A text that compiles but has no value for some arguments.
class EvaluationError : public Error {
 public:
  EvaluationError(ErrorKind kind, const Place& place, const std::string& message);
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

/// The constants and `def` functions of a `source:` file, for use as `source.name` and `source.function(...)`.
class Library;

/// Reads a `source:` file: `import math` (ignored), `from math import ...`, `NAME = expression` and `def` functions.
/// Errors  anything else, with file and line; a constant that has no value.
std::shared_ptr<const Library> read_library(std::string_view text, const std::string& file_name,
                                            const Limits& limits = {});

/// Whether expressions can refer to a variable of this name: a letter or `_`, then letters, digits and `_`; no keyword.
bool is_name(std::string_view name);

struct Program;

/// A compiled expression or function body. Immutable; a copy shares the program; safe to use from several threads.
class Expression {
 public:
  /// Compiles `text`: an expression, or a function body (it contains `return`). Lines of `text` are taken to begin at
  /// `where.column` of `where.line` and the lines after it.
  /// Errors  Error (bad_input, unsupported, too_large) that names line and column and what is allowed.
  /// Cost    O(length); about a microsecond for a short expression.
  static Expression compile(std::string_view text, std::shared_ptr<const Library> library = {}, const Place& where = {},
                            const Limits& limits = {});

  /// The free names in order of first appearance: the scope. A name that is called, a local, and `math` or `source`
  /// before a dot are not free.
  const std::vector<std::string>& names() const;

  /// The value for `arguments`, one per name. Errors  EvaluationError; also when the result is None or a list.
  Value evaluate(std::span<const Value> arguments) const;

  /// The value as a number (`True` is 1). Errors  EvaluationError that names the arguments; also for text and NaN.
  double cost(std::span<const Value> arguments) const;

  /// As `cost`, for arguments that stand in different places; nothing is copied.
  double cost_at(std::span<const Value* const> arguments) const;

  /// Writes the costs of all combinations of `domains` (the values of each name, in the order of `names()`) into
  /// `cells`, row-major: the last name varies fastest. `cells.size()` is the product of the domain sizes.
  void tabulate(std::span<const std::span<const Value>> domains, std::span<double> cells) const;

  const std::string& text() const;

  /// A key that is equal for expressions that compute the same by the same steps whatever their arguments are called.
  std::string signature() const;

 private:
  explicit Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

}  // namespace entente::expression
