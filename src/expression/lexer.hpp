// SPDX-License-Identifier: MIT
// Splits a text into tokens, as Python does: with tokens for the ends of lines and for indentation.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "expression/expression.hpp"
#include "expression/source_text.hpp"

namespace entente::expression {

enum class TokenKind : std::uint8_t {
  end,
  new_line,
  indent,
  dedent,
  name,
  number,
  string,
  // keywords of the language
  and_word,
  break_word,
  continue_word,
  def_word,
  elif_word,
  else_word,
  false_word,
  for_word,
  from_word,
  if_word,
  import_word,
  in_word,
  is_word,
  none_word,
  not_word,
  or_word,
  pass_word,
  return_word,
  true_word,
  while_word,
  foreign_word,  ///< A keyword of Python that the language does not have: lambda, class, ...
  // operators and punctuation
  plus,
  minus,
  star,
  slash,
  double_slash,
  percent,
  double_star,
  less,
  less_equal,
  equals,
  not_equal,
  greater,
  greater_equal,
  assign,
  plus_assign,
  minus_assign,
  star_assign,
  slash_assign,
  double_slash_assign,
  percent_assign,
  double_star_assign,
  left_parenthesis,
  right_parenthesis,
  left_bracket,
  right_bracket,
  comma,
  colon,
  dot,
  semicolon,
};

struct Token {
  TokenKind kind;
  std::uint32_t begin;  ///< Byte offset in the text.
  std::uint32_t end;
};

struct Tokens {
  std::vector<Token> list;  ///< Closed by `end`.
  bool has_return = false;
};

/// Errors  Error with place: characters that the language does not have, an open text or bracket, crooked indentation,
/// a text longer than `limits.length`.
Tokens tokenize(const SourceText& source, const Limits& limits);

}  // namespace entente::expression
