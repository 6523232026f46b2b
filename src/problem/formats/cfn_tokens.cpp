// SPDX-License-Identifier: MIT
#include "problem/formats/cfn_tokens.hpp"

#include <fmt/format.h>

#include <charconv>

namespace entente {
namespace {

constexpr std::size_t longest_text = std::size_t(1) << 22;  // in quotes

bool ends_word(char c) {
  return TextStream::is_blank(c) || c == ',' || c == ':' || c == '{' || c == '}' || c == '[' || c == ']' || c == '"' ||
         c == 0;
}

void append_utf8(std::string& text, char32_t code) {
  const auto byte = [&](char32_t bits) { text += static_cast<char>(static_cast<unsigned char>(bits)); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) return byte(0xc0 | code >> 6), byte(0x80 | (code & 0x3f));
  if (code >= 0x10000) {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
  } else {
    byte(0xe0 | code >> 12);
  }
  byte(0x80 | (code >> 6 & 0x3f));
  byte(0x80 | (code & 0x3f));
}

}  // namespace

void CfnTokens::fail(const std::string& message) const {
  throw Error(ErrorCode::bad_input, {stream_.file(), stream_.line(), 0, {}}, message);
}

std::string CfnTokens::description() const {
  switch (kind_) {
    case Kind::open: return "an opening bracket";
    case Kind::close: return "a closing bracket";
    case Kind::word: return fmt::format("'{}'", printable(text_));
    case Kind::end: break;
  }
  return "the end of the file";
}

/// False at the end of the file.
bool CfnTokens::skip_separators() {
  for (;;) {
    const char c = stream_.peek();
    if (c == 0 && stream_.ahead().empty()) return false;
    if (c == '#' && line_begins_) {
      while (!stream_.ahead().empty() && stream_.peek() != '\n') stream_.skip();
      continue;
    }
    if (!TextStream::is_blank(c) && c != ',' && c != ':') return true;
    line_begins_ = c == '\n';
    stream_.skip();
  }
}

void CfnTokens::advance() {
  text_.clear();
  is_key_ = false;
  const bool more = skip_separators();
  line_ = stream_.line();
  if (!more) {
    kind_ = Kind::end;
    return;
  }
  line_begins_ = false;
  const char first = stream_.peek();
  if (first == '{' || first == '[' || first == '}' || first == ']') {
    kind_ = first == '{' || first == '[' ? Kind::open : Kind::close;
    stream_.skip();
    return;
  }
  kind_ = Kind::word;
  if (first == '"') {
    read_quoted();
  } else {
    for (char c = first; !ends_word(c); c = stream_.peek()) {
      text_ += c;
      if (text_.size() > TextStream::longest_word) fail("a word has no end");
      stream_.skip();
    }
    if (text_.empty()) fail("a zero byte; expected text in UTF-8");
  }
  for (char c = stream_.peek(); TextStream::is_blank(c); c = stream_.peek()) {
    line_begins_ = c == '\n';
    stream_.skip();
  }
  is_key_ = stream_.peek() == ':';
}

void CfnTokens::read_quoted() {
  stream_.skip();
  for (;;) {
    char c = stream_.peek();
    if (stream_.ahead().empty() || c == '\n') fail("the text in quotes has no end");
    stream_.skip();
    if (c == '"') return;
    if (text_.size() > longest_text) fail(fmt::format("a text in quotes of more than {} characters", longest_text));
    if (c != '\\') {
      text_ += c;
      continue;
    }
    c = stream_.peek();
    if (stream_.ahead().empty()) fail("the text in quotes has no end");
    stream_.skip();
    constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (const std::size_t which = letters.find(c); which != std::string_view::npos) {
      text_ += meanings[which];
      continue;
    }
    if (c != 'u') fail(fmt::format("'\\{}' means nothing in a text in quotes", printable(std::string(1, c))));
    char32_t code = read_code();
    if (code >= 0xd800 && code < 0xdc00) {  // the first half of a pair
      const bool pair = stream_.peek() == '\\' && (stream_.skip(), stream_.peek() == 'u');
      if (pair) stream_.skip();
      const char32_t second = pair ? read_code() : 0;
      if (second < 0xdc00 || second >= 0xe000) fail("half of a surrogate pair in a text in quotes");
      code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
      fail("half of a surrogate pair in a text in quotes");
    }
    append_utf8(text_, code);
  }
}

/// Four hexadecimal digits.
char32_t CfnTokens::read_code() {
  char digits[4];
  for (char& digit : digits) {
    digit = stream_.peek();
    if (stream_.ahead().empty()) fail("the text in quotes has no end");
    stream_.skip();
  }
  std::uint32_t code = 0;
  if (std::from_chars(digits, digits + 4, code, 16).ptr != digits + 4) fail("\\u needs four hexadecimal digits");
  return code;
}

}  // namespace entente
