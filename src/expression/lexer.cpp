// SPDX-License-Identifier: MIT
#include "expression/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace entente::expression {
namespace {

using enum TokenKind;

struct Word {
  std::string_view text;
  TokenKind kind;
};

// Sorted by length.
constexpr std::array words = {Word{"as", foreign_word},      Word{"if", if_word},
                              Word{"in", in_word},           Word{"is", is_word},
                              Word{"or", or_word},           Word{"and", and_word},
                              Word{"def", def_word},         Word{"del", foreign_word},
                              Word{"for", for_word},         Word{"not", not_word},
                              Word{"try", foreign_word},     Word{"None", none_word},
                              Word{"True", true_word},       Word{"elif", elif_word},
                              Word{"else", else_word},       Word{"from", from_word},
                              Word{"pass", pass_word},       Word{"with", foreign_word},
                              Word{"False", false_word},     Word{"async", foreign_word},
                              Word{"await", foreign_word},   Word{"break", break_word},
                              Word{"class", foreign_word},   Word{"raise", foreign_word},
                              Word{"while", while_word},     Word{"yield", foreign_word},
                              Word{"assert", foreign_word},  Word{"except", foreign_word},
                              Word{"global", foreign_word},  Word{"import", import_word},
                              Word{"lambda", foreign_word},  Word{"return", return_word},
                              Word{"finally", foreign_word}, Word{"continue", continue_word},
                              Word{"nonlocal", foreign_word}};

/// Where the words of each length begin in `words`.
constexpr auto words_of_length = [] {
  std::array<std::size_t, 10> first{};
  for (std::size_t length = 0; length < first.size(); ++length)
    while (first[length] < words.size() && words[first[length]].text.size() < length) ++first[length];
  return first;
}();

TokenKind word_kind(std::string_view text) {
  if (text.size() + 1 >= words_of_length.size()) return name;
  for (std::size_t i = words_of_length[text.size()]; i < words_of_length[text.size() + 1]; ++i)
    if (words[i].text == text) return words[i].kind;
  return name;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Bytes of the letter beyond ASCII at `text[at]`; 0 if it is none. Blocks of signs are no letters; every other
/// character passes, which is wider than Unicode's identifier classes and needs no tables.
std::size_t letter_bytes(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const unsigned lead = byte(0);
  const std::size_t bytes = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (bytes == 0) return 0;
  unsigned code = lead & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool sign = (code < 0xc0 && code != 0xaa && code != 0xb5 && code != 0xba) || code == 0xd7 || code == 0xf7 ||
                    (code >= 0x2000 && code < 0x2070) || (code >= 0x2190 && code < 0x2c00) ||
                    (code >= 0x3000 && code < 0x3005) || code == 0xfeff || (code >= 0xfff0 && code < 0x10000);
  return sign ? 0 : bytes;
}

class Lexer {
 public:
  Lexer(const SourceText& source, const Limits& limits) : source_(source), text_(source.text), limits_(limits) {}

  Tokens run() {
    if (text_.size() > limits_.length)
      throw Error(ErrorCode::too_large, source_.where,
                  fmt::format("the text has {} bytes; at most {} are allowed", text_.size(), limits_.length));
    tokens_.list.reserve(std::min<std::size_t>(text_.size() / 2 + 8, 4096));
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    start_line();
    while (at_ < text_.size()) next();
    if (!brackets_.empty())
      source_.refuse(brackets_.back(), fmt::format("`{}` is never closed", text_[brackets_.back()]));
    end_line();
    for (std::size_t i = 1; i < indents_.size(); ++i) push(dedent, at_);
    push(end, at_);
    return std::move(tokens_);
  }

 private:
  struct Indent {
    int columns;  // a tab goes to the next multiple of 8
    int characters;
  };

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void push(TokenKind kind, std::size_t begin) {
    tokens_.list.push_back({kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)});
  }

  void end_line() {
    if (!tokens_.list.empty() && tokens_.list.back().kind != new_line && tokens_.list.back().kind != dedent)
      push(new_line, at_);
  }

  void skip_comment() {
    while (at_ < text_.size() && peek() != '\n' && peek() != '\r') ++at_;
  }

  bool at_line_break() const { return peek() == '\n' || peek() == '\r'; }
  void skip_line_break() { at_ += peek() == '\r' && peek(1) == '\n' ? 2 : 1; }

  /// Skips lines without tokens, then emits what the indentation of the next line says.
  void start_line() {
    for (;;) {
      Indent indent{0, 0};
      for (; peek() == ' ' || peek() == '\t' || peek() == '\f'; ++at_) {
        indent.columns = peek() == '\t' ? (indent.columns / 8 + 1) * 8 : indent.columns + 1;
        ++indent.characters;
      }
      if (peek() == '#') skip_comment();
      if (at_ < text_.size() && at_line_break()) {
        skip_line_break();
        continue;
      }
      if (at_ < text_.size()) follow(indent);
      return;
    }
  }

  void follow(Indent indent) {
    if (indents_.empty()) {  // a text may be indented as a whole
      indents_.push_back(indent);
      return;
    }
    const auto consistent = [&](const Indent& other) {
      return (indent.columns <=> other.columns) == (indent.characters <=> other.characters);
    };
    if (!consistent(indents_.back())) source_.refuse(at_, "tabs and blanks are mixed in the indentation");
    if (indent.columns > indents_.back().columns) {
      if (static_cast<int>(indents_.size()) > limits_.depth)
        source_.refuse(at_, "blocks are nested too deep", ErrorCode::too_large);
      indents_.push_back(indent);
      push(TokenKind::indent, at_);
      return;
    }
    while (indent.columns < indents_.back().columns) {
      if (indents_.size() == 1 || indents_[indents_.size() - 2].columns < indent.columns)
        source_.refuse(at_, "the indentation matches no line above");
      indents_.pop_back();
      push(dedent, at_);
    }
    if (!consistent(indents_.back())) source_.refuse(at_, "tabs and blanks are mixed in the indentation");
  }

  void next() {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\f') {
      ++at_;
    } else if (at_line_break()) {
      const bool ends = brackets_.empty();
      if (ends) end_line();
      skip_line_break();
      if (ends) start_line();
    } else if (c == '#') {
      skip_comment();
    } else if (c == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n'))) {
      ++at_;
      skip_line_break();
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      read_number();
    } else if (c == '\'' || c == '"') {
      read_string();
    } else if (is_letter(c) || letter_bytes(text_, at_)) {
      read_name();
    } else {
      read_operator();
    }
  }

  /// A number ends at a blank or an operator, so `1if x` is malformed.
  void read_number() {
    const std::size_t begin = at_;
    const bool based = peek() == '0' && (peek(1) | 0x20) >= 'a' && (peek(1) | 0x20) != 'e';
    while (at_ < text_.size()) {
      const char c = peek();
      if (is_digit(c) || is_letter(c) || c == '.')
        ++at_;
      else if ((c == '+' || c == '-') && !based && at_ > begin && (text_[at_ - 1] | 0x20) == 'e')
        ++at_;
      else
        break;
    }
    push(number, begin);
  }

  void read_string() {
    const std::size_t begin = at_;
    const char quote = peek();
    const bool triple = peek(1) == quote && peek(2) == quote;
    at_ += triple ? 3 : 1;
    for (; at_ < text_.size(); ++at_) {
      const char c = peek();
      if (c == '\\') {
        ++at_;
      } else if (!triple && (c == '\n' || c == '\r')) {
        break;
      } else if (c == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
        at_ += triple ? 3 : 1;
        push(string, begin);
        return;
      }
    }
    source_.refuse(begin, "the quoted text is never closed");
  }

  void read_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      if (is_letter(peek()) || is_digit(peek()))
        ++at_;
      else if (const std::size_t bytes = letter_bytes(text_, at_))
        at_ += bytes;
      else
        break;
    }
    const TokenKind kind = word_kind(std::string_view(text_).substr(begin, at_ - begin));
    if (kind == name && (peek() == '\'' || peek() == '"'))
      source_.refuse(begin, "texts with a prefix such as f'' are not supported");
    tokens_.has_return |= kind == return_word;
    push(kind, begin);
  }

  void read_operator();

  const SourceText& source_;
  const std::string& text_;
  const Limits& limits_;
  Tokens tokens_;
  std::size_t at_ = 0;
  std::vector<Indent> indents_;
  std::vector<std::size_t> brackets_;  // where the open ones stand
};

struct Sign {
  std::string_view text;
  TokenKind kind;
};

// Sorted by first character, then longer ones first.
constexpr std::array signs = {Sign{"!=", not_equal},
                              Sign{"%=", percent_assign},
                              Sign{"%", percent},
                              Sign{"(", left_parenthesis},
                              Sign{")", right_parenthesis},
                              Sign{"**=", double_star_assign},
                              Sign{"**", double_star},
                              Sign{"*=", star_assign},
                              Sign{"*", star},
                              Sign{"+=", plus_assign},
                              Sign{"+", plus},
                              Sign{",", comma},
                              Sign{"-=", minus_assign},
                              Sign{"-", minus},
                              Sign{".", dot},
                              Sign{"//=", double_slash_assign},
                              Sign{"//", double_slash},
                              Sign{"/=", slash_assign},
                              Sign{"/", slash},
                              Sign{":", colon},
                              Sign{";", semicolon},
                              Sign{"<=", less_equal},
                              Sign{"<", less},
                              Sign{"==", equals},
                              Sign{"=", assign},
                              Sign{">=", greater_equal},
                              Sign{">", greater},
                              Sign{"[", left_bracket},
                              Sign{"]", right_bracket}};

/// Where the signs with each first character begin in `signs`.
constexpr auto signs_of_character = [] {
  std::array<std::uint8_t, 128> first{};
  for (std::size_t i = signs.size(); i-- > 0;)
    first[static_cast<std::size_t>(signs[i].text[0])] = static_cast<std::uint8_t>(i);
  return first;
}();

// What people write out of habit from elsewhere.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> foreign_signs = {
    {{"&&", "write `and`"},
     {"||", "write `or`"},
     {"<>", "write `!=`"},
     {"->", "annotations are not supported"},
     {":=", "write an assignment on its own line"},
     {"<<", "bit operations are not supported"},
     {">>", "bit operations are not supported"},
     {"&", "bit operations are not supported; write `and`"},
     {"|", "bit operations are not supported; write `or`"},
     {"^", "a power is written `**`"},
     {"!", "write `not`"},
     {"?", "a choice is written `a if condition else b`"}}};

void Lexer::read_operator() {
  const std::string_view rest = std::string_view(text_).substr(at_, 3);
  const bool is_foreign_pair = rest.starts_with("<>") || rest.starts_with("->") || rest.starts_with(":=") ||
                               rest.starts_with("<<") || rest.starts_with(">>");
  if (!is_foreign_pair) {
    const std::size_t first = signs_of_character[static_cast<unsigned char>(rest[0]) & 127];
    for (std::size_t i = first; i < signs.size() && signs[i].text[0] == rest[0]; ++i) {
      const Sign& sign = signs[i];
      if (!rest.starts_with(sign.text)) continue;
      const std::size_t begin = at_;
      at_ += sign.text.size();
      push(sign.kind, begin);
      if (sign.kind == left_parenthesis || sign.kind == left_bracket) {
        brackets_.push_back(begin);
      } else if (sign.kind == right_parenthesis || sign.kind == right_bracket) {
        const char open = sign.kind == right_parenthesis ? '(' : '[';
        if (brackets_.empty() || text_[brackets_.back()] != open)
          source_.refuse(begin, fmt::format("`{}` closes nothing", sign.text));
        brackets_.pop_back();
      }
      return;
    }
  }
  for (const auto& [sign, advice] : foreign_signs)
    if (rest.starts_with(sign)) source_.refuse(at_, fmt::format("`{}` is not part of the language: {}", sign, advice));
  std::size_t bytes = 1;
  while (at_ + bytes < text_.size() && (text_[at_ + bytes] & 0xc0) == 0x80) ++bytes;
  source_.refuse(at_, fmt::format("the character `{}` is not part of the language",
                                  printable(text_.substr(at_, std::min<std::size_t>(bytes, 4)))));
}

}  // namespace

Tokens tokenize(const SourceText& source, const Limits& limits) { return Lexer(source, limits).run(); }

}  // namespace entente::expression
