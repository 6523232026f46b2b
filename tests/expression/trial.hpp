// SPDX-License-Identifier: MIT
// Short ways to evaluate a text in a test.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "entente/base/value.hpp"
#include "expression/expression.hpp"

namespace entente::expression {

using Scope = std::map<std::string, Value>;

inline std::vector<Value> arguments_for(const Expression& expression, const Scope& scope) {
  std::vector<Value> arguments;
  for (const std::string& name : expression.names()) arguments.push_back(scope.at(name));
  return arguments;
}

/// The value of `text` as text, or what the error says.
inline std::string value_of(const std::string& text, const Scope& scope = {},
                            std::shared_ptr<const Library> library = {}) {
  try {
    const Expression expression = Expression::compile(text, std::move(library));
    return to_text(expression.evaluate(arguments_for(expression, scope)));
  } catch (const Error& error) {
    return error.what();
  }
}

/// The free names of `text`, separated by blanks.
inline std::string names_in(const std::string& text) {
  std::string names;
  const Expression expression = Expression::compile(text);
  for (const std::string& name : expression.names()) names += (names.empty() ? "" : " ") + name;
  return names;
}

struct Trouble {
  ErrorKind kind{};
  ErrorCode code{};
  std::string message;  ///< Empty when there was none.
  bool while_evaluating = false;
};

/// What goes wrong when the cost of `text` is asked for.
inline Trouble error_of(const std::string& text, const Scope& scope = {}, const Limits& limits = {},
                        std::shared_ptr<const Library> library = {}) {
  try {
    const Expression expression =
        Expression::compile(text, std::move(library), Place{"p.yaml", 9, 14, "constraints.c.function"}, limits);
    expression.cost(arguments_for(expression, scope));
  } catch (const EvaluationError& error) {
    return {error.kind(), error.code(), error.what(), true};
  } catch (const Error& error) {
    return {{}, error.code(), error.what(), false};
  }
  return {};
}

}  // namespace entente::expression
