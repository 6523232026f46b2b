// SPDX-License-Identifier: MIT
// OutputStream: an Output as a standard stream, for writers that want one.
#pragma once

#include <ostream>
#include <streambuf>

#include "output.hpp"

namespace entente::cli {

/// The buffer.
class OutputBuffer final : public std::streambuf {
 public:
  explicit OutputBuffer(Output& out) : out_(out) {}

 private:
  int_type overflow(int_type c) override {
    const char one = traits_type::to_char_type(c);
    if (!traits_type::eq_int_type(c, traits_type::eof())) out_.write({&one, 1});
    return traits_type::not_eof(c);
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    out_.write({text, static_cast<std::size_t>(size)});
    return size;
  }

  Output& out_;
};

class OutputStream final : public std::ostream {
 public:
  explicit OutputStream(Output& out) : std::ostream(nullptr), buffer_(out) {
    rdbuf(&buffer_);
    // Streams swallow exceptions unless told so: a full disk would go unnoticed.
    exceptions(std::ios::badbit);
  }

 private:
  OutputBuffer buffer_;
};

}  // namespace entente::cli
