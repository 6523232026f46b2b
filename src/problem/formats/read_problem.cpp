// SPDX-License-Identifier: MIT
// read_problem: from a file's extension to its reader.
#include <fmt/format.h>

#include <filesystem>

#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"
#include "problem/formats/pydcop_yaml.hpp"

namespace entente {

Problem read_problem(std::span<const std::string> files, const ReadOptions& options) {
  if (files.empty()) throw Error(ErrorCode::wrong_use, "no problem file is given; name one, or - for standard input");
  for (const std::string& file : files) {
    if (file == "-") continue;
    // Without an extension, as /dev/fd/63 of a shell's <(…), a file is YAML like standard input.
    const std::string extension = std::filesystem::path(file).extension().string();
    if (!extension.empty() && extension != ".yaml" && extension != ".yml")
      throw Error(ErrorCode::unsupported, Place{file, 0, 0, {}},
                  fmt::format("the file type {} is not known; known are .yaml and .yml", printable(extension)));
  }
  return read_pydcop_yaml(files, options);
}

}  // namespace entente
