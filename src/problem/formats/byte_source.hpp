// SPDX-License-Identifier: MIT
// ByteSource: where the bytes of a problem file come from, block by block.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace entente {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills `to` with up to `most` bytes and returns how many, 0 only at the end. Throws Error when reading fails.
  virtual std::size_t read(char* to, std::size_t most) = 0;
};

/// Text that is already in memory; it must outlive the source.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  std::size_t read(char* to, std::size_t most) override {
    const std::size_t count = text_.size() < most ? text_.size() : most;
    std::memcpy(to, text_.data(), count);
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
};

/// The bytes of a file as they are; `-` is standard input. Throws Error{bad_input} with the system's reason.
std::unique_ptr<ByteSource> open_file(const std::string& path);

}  // namespace entente
