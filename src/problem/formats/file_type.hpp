// SPDX-License-Identifier: MIT
// What a file's extension says: its format and how it is compressed.
#pragma once

#include <string>

namespace entente {

enum class Format { yaml, wcsp, cfn, uai, json };
enum class Compression { none, gzip, xz, zstd };

struct FileType {
  Format format = Format::yaml;
  Compression compression = Compression::none;
};

/// Throws Error{unsupported}, with the list of the known ones, for an extension that is not known.
FileType file_type(const std::string& file);
/// How a file is compressed, by the last part of its name alone.
Compression compression_of(const std::string& file);

}  // namespace entente
