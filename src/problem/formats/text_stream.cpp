// SPDX-License-Identifier: MIT
#include "problem/formats/text_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace entente {
namespace {
constexpr std::size_t buffer_size = 4 * TextStream::longest_word;
}

TextStream::TextStream(std::unique_ptr<ByteSource> source, std::string file)
    : source_(std::move(source)), file_(std::move(file)), buffer_(buffer_size + 1, ' ') {
  at_ = end_ = buffer_.data();
  refill();
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(mark)) at_ += mark.size();
}

bool TextStream::refill() {
  if (ended_) return false;
  std::size_t filled = static_cast<std::size_t>(end_ - at_);
  std::memmove(buffer_.data(), at_, filled);
  const std::size_t before = filled;
  while (filled < buffer_size) {
    const std::size_t count = source_->read(buffer_.data() + filled, buffer_size - filled);
    if (count == 0) {
      ended_ = true;
      break;
    }
    filled += count;
  }
  buffer_[filled] = ' ';
  at_ = buffer_.data();
  end_ = at_ + filled;
  return filled > before;
}

void TextStream::fail_long() const {
  throw Error(ErrorCode::bad_input, place(),
              fmt::format("a word of more than {} characters; expected numbers and names with blanks between them",
                          longest_word));
}

std::string looks_like(std::string_view text) {
  while (!text.empty() && TextStream::is_blank(text.front())) text.remove_prefix(1);
  const auto line = text.substr(0, text.find('\n'));
  if (text.empty()) return {};
  if (text.starts_with("\x1f\x8b")) return " (content looks like gzip)";
  if (text.starts_with("\xfd"
                       "7zXZ"))
    return " (content looks like xz)";
  if (text.starts_with("\x28\xb5\x2f\xfd")) return " (content looks like zstd)";
  if (std::ranges::any_of(line, [](char c) { return (c >= 0 && c < ' ' && !TextStream::is_blank(c)) || c == 0x7f; }))
    return " (content looks binary)";
  if (text.starts_with("{") || text.starts_with("[")) return " (content looks like CFN or JSON)";
  if (text.starts_with("<")) return " (content looks like XML)";
  if (text.starts_with("MARKOV") || text.starts_with("BAYES")) return " (content looks like UAI)";
  const std::size_t colon = line.find(':');
  if (line.starts_with("---") || line.starts_with("%YAML") ||
      (colon != std::string_view::npos && (colon + 1 == line.size() || TextStream::is_blank(line[colon + 1]))))
    return " (content looks like YAML)";
  return {};
}

}  // namespace entente
