// SPDX-License-Identifier: MIT
// TextStream: words and numbers of a text file of any size, read through a buffer of constant size.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "entente/base/error.hpp"
#include "problem/formats/byte_source.hpp"

namespace entente {

/// Reads words between blanks and knows the line it is in.
///
/// A word stays valid until the next call. Speed is that of memory: a word is looked at twice, once to find its end and
/// once for what it says.
class TextStream {
 public:
  static constexpr std::size_t longest_word = std::size_t(1) << 16;

  /// `file` stands for the text in messages.
  TextStream(std::unique_ptr<ByteSource> source, std::string file);

  /// Whether only blanks are left; skips them.
  bool at_end() {
    skip_blanks();
    return at_ == end_;
  }
  /// The next characters up to a blank; empty at the end.
  std::string_view word() {
    if (at_end()) return {};
    const char* const first = at_;
    while (!is_blank(*at_)) ++at_;  // a blank follows the last byte
    if (static_cast<std::size_t>(at_ - first) > longest_word) fail_long();
    return {first, static_cast<std::size_t>(at_ - first)};
  }

  /// The next character without taking it, 0 at the end; `skip` takes it. Blanks count.
  char peek() {
    if (at_ == end_ && !refill()) return 0;
    return *at_;
  }
  void skip() {
    line_ += *at_ == '\n';
    ++at_;
  }

  /// What is read next, as far as it is in memory.
  std::string_view ahead() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  /// The line of what is read next, counted from 1.
  std::uint32_t line() const { return line_; }
  const std::string& file() const { return file_; }
  Place place(std::string key = {}) const { return {file_, line_, 0, std::move(key)}; }

  static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

 private:
  void skip_blanks() {
    for (;;) {
      while (at_ != end_ && is_blank(*at_)) {
        skip();
        skip_spaces();
      }
      // A word is looked at whole.
      if (ended_ || static_cast<std::size_t>(end_ - at_) > longest_word) return;
      if (!refill()) return;
    }
  }
  /// Long runs of spaces, eight at a time.
  void skip_spaces() {
    constexpr std::uint64_t spaces = 0x2020202020202020u;
    for (std::uint64_t eight; end_ - at_ >= 8; at_ += 8) {
      std::memcpy(&eight, at_, 8);
      if (eight != spaces) return;
    }
  }
  /// Moves what is left to the front and fills the rest; false if nothing came.
  bool refill();
  [[noreturn]] void fail_long() const;

  std::unique_ptr<ByteSource> source_;
  std::string file_;
  std::vector<char> buffer_;  // the last byte is a blank that is never read
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::uint32_t line_ = 1;
  bool ended_ = false;
};

/// Which format `text`, the beginning of a file, looks like, for messages: ` (content looks like YAML)`, or nothing.
std::string looks_like(std::string_view text);

}  // namespace entente
