// SPDX-License-Identifier: MIT
// CfnTokens: the tokens of a CFN file, which is JSON with fewer marks.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "problem/formats/text_stream.hpp"

namespace entente {

/// Reads opening and closing brackets of either shape, and words, with or without quotes. Commas, colons and blanks
/// stand between words; a line that begins with `#` is a comment.
class CfnTokens {
 public:
  enum class Kind { open, close, word, end };

  CfnTokens(std::unique_ptr<ByteSource> source, const std::string& file) : stream_(std::move(source), file) {
    advance();
  }

  /// The token that is read next; `text` is its word, valid until `advance`.
  Kind kind() const { return kind_; }
  const std::string& text() const { return text_; }
  /// Whether a colon follows the word: it is a name.
  bool is_key() const { return is_key_; }
  std::uint32_t line() const { return line_; }
  Place place(std::string key) const { return {stream_.file(), line_, 0, std::move(key)}; }
  /// How messages call the token.
  std::string description() const;
  void advance();

 private:
  bool skip_separators();
  void read_quoted();
  char32_t read_code();
  [[noreturn]] void fail(const std::string& message) const;

  TextStream stream_;
  Kind kind_ = Kind::end;
  std::string text_;
  bool is_key_ = false, line_begins_ = true;
  std::uint32_t line_ = 1;
};

}  // namespace entente
