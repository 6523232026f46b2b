// SPDX-License-Identifier: MIT
// Compressed files: gzip, xz and zstd, read and written as streams.
#pragma once

#include <memory>
#include <ostream>
#include <streambuf>
#include <string>

#include "problem/formats/byte_source.hpp"
#include "problem/formats/file_type.hpp"

namespace entente {

/// What `source` holds compressed. Memory is bounded whatever the data say; check sums are verified.
///
/// Errors  `read` throws Error{bad_input} for data that are damaged or cut, and Error{too_large} for data that need too
///         much memory to be decompressed or are thousands of times larger than the file. `file` stands for it.
std::unique_ptr<ByteSource> decompress(std::unique_ptr<ByteSource> source, Compression compression, std::string file);

/// A file's bytes, decompressed as its extension says.
std::unique_ptr<ByteSource> open_problem_file(const std::string& file);

/// A file's text, decompressed as its extension says. Throws Error{too_large} if more than 512 MiB come out.
std::string read_problem_text(const std::string& file);

/// Compresses what is written to it. The bytes depend on what is written alone, not on time or name.
class CompressingBuffer : public std::streambuf {
 public:
  ~CompressingBuffer() override = default;
  /// Writes what is left; false if anything failed, then or before.
  virtual bool finish() = 0;
};

/// Compressed bytes go to `out`. Not for Compression::none.
std::unique_ptr<CompressingBuffer> compress(std::ostream& out, Compression compression);

}  // namespace entente
